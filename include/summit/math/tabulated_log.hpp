// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

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

/// Constants of tabulated_log_parts, printed by the same.
struct tabulated_logarithm_parts {
    /// The reciprocals above, times 2^1023: no bias is left to be added to the exponent of one.
    static constexpr std::array<double, 16> scaled_reciprocal = {
        0x1.55p1023, 0x1.48p1023, 0x1.3bp1023, 0x1.2fp1023, 0x1.25p1023, 0x1.1ap1023, 0x1.11p1023, 0x1.08p1023,
        0x1p1023,    0x1.e2p1022, 0x1.c7p1022, 0x1.afp1022, 0x1.9ap1022, 0x1.86p1022, 0x1.74p1022, 0x1.64p1022};
    /// Their logs and that of 2 in two parts, the upper ones multiples of 2^−42: sums of them are exact.
    static constexpr std::array<double, 16> log_high = {-0x1.2596010df7p-2, -0x1.fb9186d5e4p-3, -0x1.a8becfc882p-3,
                                                        -0x1.59338d9982p-3, -0x1.1478584674p-3, -0x1.8c345d6318p-4,
                                                        -0x1.075983599p-4,  -0x1.f829b0e78p-6,  0.0,
                                                        0x1.eea31c0068p-5,  0x1.e3707ee304p-4,  0x1.60b3100b0ap-3,
                                                        0x1.c6ffbc6fp-3,    0x1.16b5ccbadp-2,   0x1.4718dc271cp-2,
                                                        0x1.741d876c68p-2};
    static constexpr std::array<double, 16> log_low = {
        -0x1.8e7bc224ea3e3p-44, 0x1.d572aab993c87p-47,  -0x1.e3185cf21b9cfp-44,
        -0x1.0ba68b7555d4ap-48, -0x1.563451027c75p-46,  -0x1.b20f5acb42a66p-44,
        0x1.b8ecfe4b59987p-44,  -0x1.980267c7e09e4p-45, 0.0,
        0x1.c3dd83606d891p-44,  0x1.0f684e6766abdp-45,  -0x1.71456c988f814p-44,
        0x1.ee138d3a69d43p-44,  -0x1.23299042d74bfp-44, 0x1.06c18fb4c14c5p-44,
        -0x1.13a7b5b11cfa7p-44};
    static constexpr double ln2_high = 0x1.62e42fefa38p-1;
    static constexpr double ln2_low = 0x1.ef35793c7673p-45;
    /// Of f², f³, …, after f.
    static constexpr double coefficients[] = {-0x1.ffffffffffffep-2, 0x1.55555555554b1p-2,  -0x1.0000000003fbbp-2,
                                              0x1.9999999c305a7p-3,  -0x1.55555501d9003p-3, 0x1.24922d6bd939dp-3,
                                              -0x1.00015d01abd0bp-3, 0x1.c80eb4ff5ae22p-4,  -0x1.95f975b76e026p-4};
};

/// log(high + low) as an unevaluated sum of two doubles, the second up to 2^−10 in magnitude: for sums whose log keeps every
/// digit of a double, added to something else or not. No special values, and no division.
///
/// domain  high in [2^−1000, 2^1000], |low| ≤ 2^−40 · high; infinite or NaN where one of them is
/// error   at most 2^−62 (beyond |result| = 1, of the result), and where low is below the last bit of high at most 2^−53.9 of
///         the result, however near 0: sampled, 2^−62.19 at 0x1.18p+1 and 2^−54.00 at 1 + 0x1.ff97de03d491p-54. The same bits
///         on every architecture with FMA
/// source  as above
template <class Arch>
[[nodiscard, gnu::always_inline]] inline double_pair<Arch> tabulated_log_parts(const double_pair<Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;
    using constants = tabulated_logarithm_parts;
    constexpr auto& c = constants::coefficients;
    constexpr auto bits_of = [](double value) { return std::bit_cast<std::uint64_t>(value); };

    // high = 2^exponent · significand; the four bits below the exponent's then number the interval.
    const bits from_lowest = xsimd::bitwise_cast<std::uint64_t>(x.high) +
                             bits(bits_of(1.0) - bits_of(tabulated_logarithm_constants::lowest));
    const bits biased = from_lowest >> 52;
    const bits interval = from_lowest >> 48;
    const batch exponent =
        rounded_difference(xsimd::bitwise_cast<double>(biased | bits(bits_of(0x1p52))), batch(0x1p52 + 1023));
    const batch inverse = xsimd::bitwise_cast<double>(
        xsimd::bitwise_cast<std::uint64_t>(lookup<Arch>(constants::scaled_reciprocal, interval)) - (biased << 52));

    // 1 + f, f in two parts. The upper one is exact, so close to 1 is the product.
    const auto product = two_product(x.high, inverse);
    const batch f_high = rounded_difference(product.high, batch(1.0));
    const batch f_low = opaque(xsimd::fma(x.low, inverse, product.low));
    const batch f = rounded_sum(f_high, f_low);
    const batch square = rounded_product(f, f);
    batch q(c[8]);
#pragma GCC unroll 4
    for (std::size_t i = 8; i != 0; i -= 2)
        q = xsimd::fma(square, q, opaque(xsimd::fma(f, batch(c[i - 1]), batch(c[i - 2]))));

    // From the largest number to the smallest: of the first two, which do not round, the former is the larger or 0.
    const batch log_high =
        opaque(xsimd::fma(exponent, batch(constants::ln2_high), lookup<Arch>(constants::log_high, interval)));
    const batch log_low = xsimd::fma(exponent, batch(constants::ln2_low), lookup<Arch>(constants::log_low, interval));
    const auto first = fast_two_sum(log_high, f_high);
    const batch rest = rounded_sum(f_low, opaque(xsimd::fma(square, q, log_low)));
    return {first.high, rounded_sum(first.low, rest)};
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
