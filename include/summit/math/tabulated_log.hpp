// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>

#include <xsimd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace summit::inline version0::math {

/// Constants of tabulated_log, printed by tests/math/tabulated_log.sollya.
struct tabulated_logarithm_constants {
    /// The first of sixteen intervals of significands begins here; the ninth is around 1.
    static constexpr double lowest = 0x1.78p-1;
    /// Reciprocals of what lies in the middle of each, short, so that 1 is exact.
    static constexpr std::array<double, 16> reciprocal = {
        1.33203125, 1.28125,    1.23046875,  1.18359375,  1.14453125, 1.1015625,  1.06640625, 1.03125,
        1.0,        0.94140625, 0.888671875, 0.841796875, 0.80078125, 0.76171875, 0.7265625,  0.6953125};
    static constexpr std::array<double, 16> log = {-0x1.2596010df763ap-2, -0x1.fb9186d5e3e2bp-3, -0x1.a8becfc882f19p-3,
                                                   -0x1.59338d9982086p-3, -0x1.14785846742acp-3, -0x1.8c345d6319b21p-4,
                                                   -0x1.075983598e471p-4, -0x1.f829b0e7833p-6,   0.0,
                                                   0x1.eea31c006b87cp-5,  0x1.e3707ee30487bp-4,  0x1.60b3100b09476p-3,
                                                   0x1.c6ffbc6f00f71p-3,  0x1.16b5ccbacfb73p-2,  0x1.4718dc271c41bp-2,
                                                   0x1.741d876c67bb1p-2};
    static constexpr double ln2 = 0x1.62e42fefa39efp-1;
    /// Of f², f³, …, after f.
    static constexpr double coefficients[] = {-0x1.000000003921fp-1, 0x1.5555509718aep-2, -0x1.ffffeb4aad4f9p-3,
                                              0x1.9a06ef7fadf92p-3, -0x1.55d9f71e31504p-3};
};

/// log(x) for sums whose log is rounded to float: no special values, and no division.
///
/// domain  x normal, positive and finite
/// error   at most 2^−42.9 (beyond |result| = 1, of the result), and at most 2^−36.9 of the result however near 0: sampled,
///         2^−43.04 at 0x1.3525e638769bep+1 and 2^−37.04 at 0x1.03c204ea16dcfp+0. The same bits on every architecture with FMA
/// source  tests/math/tabulated_log.sollya; P.-T. P. Tang, ACM TOMS 16 (1990), for the table
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<double, Arch>
tabulated_log(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;
    using constants = tabulated_logarithm_constants;
    constexpr auto& c = constants::coefficients;
    constexpr auto bits_of = [](double value) { return std::bit_cast<std::uint64_t>(value); };

    // x = 2^exponent · significand; the four bits below the exponent's then number the interval.
    const bits x_bits = xsimd::bitwise_cast<std::uint64_t>(x);
    const bits from_lowest = x_bits + bits(bits_of(1.0) - bits_of(constants::lowest));
    const bits biased = from_lowest >> 52;
    const bits interval = from_lowest >> 48;
    const batch exponent =
        rounded_difference(xsimd::bitwise_cast<double>(biased | bits(bits_of(0x1p52))), batch(0x1p52 + 1023));
    const batch significand = xsimd::bitwise_cast<double>(x_bits - (biased << 52) + bits(bits_of(1.0)));

    const batch f = opaque(xsimd::fma(significand, lookup<Arch>(constants::reciprocal, interval), batch(-1.0)));
    const batch square = rounded_product(f, f);
    // Two by two, for the latency: where there is one result, all wait for it.
    const batch upper = xsimd::fma(square, batch(c[4]), xsimd::fma(f, batch(c[3]), batch(c[2])));
    const batch q = xsimd::fma(square, upper, xsimd::fma(f, batch(c[1]), batch(c[0])));
    const batch rest = xsimd::fma(exponent, batch(constants::ln2), lookup<Arch>(constants::log, interval));
    return rounded_sum(opaque(rest), opaque(xsimd::fma(square, q, f)));
}

} // namespace summit::inline version0::math
