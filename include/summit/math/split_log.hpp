// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of split_log, printed by tests/math/split_log.sollya.
struct split_logarithm_constants {
    /// The first of sixteen intervals of significands begins here; the ninth is around 1.
    static constexpr float lowest = 0x1.78p-1f;
    /// Reciprocals of what lies in the middle of each, so short that a product with one hardly rounds.
    /// Times 2^127: no bias is left to be added to its exponent.
    static constexpr std::array<float, 16> reciprocal = {
        0x1.54p127f, 0x1.48p127f, 0x1.3cp127f, 0x1.3p127f, 0x1.24p127f, 0x1.1cp127f, 0x1.1p127f,  0x1.08p127f,
        0x1p127f,    0x1.ep126f,  0x1.c8p126f, 0x1.bp126f, 0x1.98p126f, 0x1.88p126f, 0x1.74p126f, 0x1.64p126f};
    /// Their logs less 127 ln 2, times 1 + stretch, less the centre; those and ln 2 in two parts, the upper ones multiples of
    /// 2^−16, so that sums of them are exact.
    static constexpr std::array<float, 16> log_high = {-0x1.6140ccp6f, -0x1.611cp6f,  -0x1.60f5d8p6f, -0x1.60ce3p6f,
                                                       -0x1.60a4f4p6f, -0x1.60888p6f, -0x1.605c4cp6f, -0x1.603dbcp6f,
                                                       -0x1.601e38p6f, -0x1.5fdc2p6f, -0x1.5fa79cp6f, -0x1.5f703cp6f,
                                                       -0x1.5f35b8p6f, -0x1.5f0ccp6f, -0x1.5ed72p6f,  -0x1.5eaa1cp6f};
    static constexpr std::array<float, 16> log_low = {
        -0x1.7dff2p-13f,  -0x1.831c82p-13f, -0x1.6f54bcp-13f, -0x1.891d38p-13f, -0x1.7ca032p-13f, -0x1.8aa83ep-13f,
        -0x1.800ce4p-13f, -0x1.71d94cp-13f, -0x1.7d00ccp-13f, -0x1.89eap-13f,   -0x1.78143p-13f,  -0x1.8ce5b8p-13f,
        -0x1.6f03dep-13f, -0x1.75bf54p-13f, -0x1.761f1cp-13f, -0x1.70c4ep-13f};
    static constexpr double centre = 1.6 * 0x1p-30;
    static constexpr float ln2_high = 0x1.62e4p-1f;
    static constexpr float ln2_low = 0x1.8p-20f;
    /// Of f², f³, …, after f.
    static constexpr float coefficients[] = {-0x1.ffffdp-2f, 0x1.55551p-2f, -0x1.00c032p-2f, 0x1.9b31fep-3f};
};

/// The log of a sum of split_exp's terms, as two floats: what is a multiple of 2^−16, and the rest.
template <class Arch>
struct split_logarithm {
    xsimd::batch<float, Arch> head;
    xsimd::batch<float, Arch> rest;
};

/// The log of a sum of split_exp's terms, high + low: (1 + stretch) · log(high + low) less the centre. The stretch makes it
/// too large by up to 2.95 · 2^−30 · log(terms), of which that is half for three of them.
///
/// domain  high normal, |low| ≤ 0.0222 · high; infinite or NaN where one of them is
/// error   of head + rest, at most 4.5 · 2^−30: sampled, 4.2250 where high is 0x1.a7fffep-1. The same bits on every
///         architecture with FMA
/// source  tests/math/split_log.sollya; P.-T. P. Tang, ACM TOMS 16 (1990), for the table
template <class Arch>
[[nodiscard, gnu::always_inline]] inline split_logarithm<Arch>
split_log(const xsimd::batch<float, Arch>& high, const xsimd::batch<float, Arch>& low) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using bits = xsimd::batch<std::uint32_t, Arch>;
    using constants = split_logarithm_constants;
    constexpr auto& c = constants::coefficients;
    constexpr auto bits_of = [](float value) { return std::bit_cast<std::uint32_t>(value); };

    // high = 2^exponent · significand; the four bits below the exponent's then number the interval.
    const bits from_lowest =
        xsimd::bitwise_cast<std::uint32_t>(high) + bits(bits_of(1.0f) - bits_of(constants::lowest));
    const bits biased = from_lowest >> 23;
    const bits interval = from_lowest >> 19;
    const batch exponent = xsimd::batch_cast<float>(xsimd::bitwise_cast<std::int32_t>(biased));
    const batch inverse = xsimd::bitwise_cast<float>(
        xsimd::bitwise_cast<std::uint32_t>(lookup<Arch>(constants::reciprocal, interval)) - (biased << 23));

    const batch of_high = opaque(xsimd::fma(high, inverse, batch(-1.0f)));
    const batch f = xsimd::fma(low, inverse, of_high);
    const batch square = opaque(f * f);
    const batch upper = xsimd::fma(f, batch(c[3]), batch(c[2]));
    const batch q = xsimd::fma(square, upper, xsimd::fma(f, batch(c[1]), batch(c[0])));
    const batch log_low = xsimd::fma(exponent, batch(constants::ln2_low), lookup<Arch>(constants::log_low, interval));
    const batch log_high =
        xsimd::fma(exponent, batch(constants::ln2_high), lookup<Arch>(constants::log_high, interval));
    // Not f once more, which was rounded: its two parts, from the smallest number to the largest.
    const batch rest = opaque(xsimd::fma(low, inverse, opaque(xsimd::fma(square, q, log_low))));
    split_logarithm<Arch> result;
    result.head = opaque(log_high);
    result.rest = rounded_sum(of_high, rest);
    return result;
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
