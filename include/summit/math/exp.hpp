// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of exp for one type, printed by tests/math/exp.sollya.
template <class T>
struct exponential_constants;

template <>
struct exponential_constants<float> {
    static constexpr float log2e = 0x1.715476p0f;
    static constexpr float ln2_high = 0x1.62e8p-1f;
    static constexpr float ln2_low = -0x1.e8082ep-16f;
    /// Of r², r³, …, after 1 + r.
    static constexpr float coefficients[] = {0x1.fffffap-2f, 0x1.555492p-3f, 0x1.555a26p-5f, 0x1.12397ep-7f,
                                             0x1.694c8cp-10f};
    /// exp(−x) rounds to 0 for every x above.
    static constexpr float largest_argument = 104.0f;
};

template <>
struct exponential_constants<double> {
    static constexpr double log2e = 0x1.71547652b82fep0;
    static constexpr double ln2_high = 0x1.62e42fefa4p-1;
    static constexpr double ln2_low = -0x1.8432a1b0e2634p-43;
    static constexpr double coefficients[] = {0x1.000000000000ap-1,  0x1.55555555554fep-3,  0x1.55555555506cp-5,
                                              0x1.1111111126b37p-7,  0x1.6c16c18475a18p-10, 0x1.a01a012fec2f9p-13,
                                              0x1.a0199963c9d45p-16, 0x1.71df18fbc7568p-19, 0x1.28adf7a193ac6p-22,
                                              0x1.ad92c7da71985p-26};
    static constexpr double largest_argument = 746.0;
};

// The functions are always inlined: a call would carry every batch through memory and the constants with it.

/// exp(x) as mantissa · 2^exponent, so that a sum over any range of x needs neither a maximum nor a clamp first.
template <class T, class Arch>
struct scaled_exponential {
    xsimd::batch<T, Arch> mantissa; ///< in [0.70, 1.42]; 1 for x = 0; NaN for NaN, whatever the exponent then is
    /// The exponent, biased as the format biases it, in the low bits; the high bits are of no meaning. See scale().
    xsimd::batch<xsimd::as_integer_t<T>, Arch> exponent;
};

/// exp(x) = mantissa · 2^exponent.
///
/// domain  |x| ≤ 512 (float), |x| ≤ 4096 (double); NaN
/// error   at most 0.90 ulp of the mantissa. float, every x: 0.8913 at −0x1.765026p+2 with FMA, 0.8903 at 0x1.2067a6p+2
///         without; double, sampled: 0.8921 at −0x1.8b2e37a0c821cp+10 and 0.8740 at −0x1.5db1583be0f85p+8. Half an ulp is
///         the last rounding, which adds 1; a fifth each comes from those of r and of the polynomial's next to last step.
/// cost    10 instructions for float and 15 for double, one of them not an FMA; 4 more without FMA
/// source  tests/math/exp.sollya; the form is that of M. Dukhan and A. Ablavatski, arXiv:2001.04438
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline scaled_exponential<T, Arch>
exp_scaled(const xsimd::batch<T, Arch>& x) noexcept {
    using batch = xsimd::batch<T, Arch>;
    using constants = exponential_constants<T>;
    using limits = std::numeric_limits<T>;

    // Adding 1.5 · 2^(digits − 1) rounds to an integer and leaves it in the low bits of the sum; the format's exponent bias
    // on top makes those bits a biased exponent, so that scale() is an addition and a shift.
    constexpr T to_integer = T(3) / (2 * limits::epsilon()) + T(limits::max_exponent - 1);

    const batch biased = opaque(xsimd::fma(x, batch(constants::log2e), batch(to_integer)));
    const batch n = biased - batch(to_integer);
    // Without FMA the product is exact because ln2_high is short; the difference is exact either way.
    const batch r_high = opaque(xsimd::fma(n, batch(-constants::ln2_high), x));
    const batch r_low = opaque(n * batch(-constants::ln2_low));
    const batch r =
        fuses_multiply_add<Arch> ? xsimd::fma(n, batch(-constants::ln2_low), r_high) : opaque(r_high + r_low);

    // Horner's scheme: the fewest instructions. The latency is the caller's to hide with several batches in flight.
    constexpr auto& c = constants::coefficients;
    batch p(c[std::size(c) - 1]);
    for (std::size_t i = std::size(c) - 1; i-- > 0;) p = xsimd::fma(p, r, batch(c[i]));
    // Without FMA the products in 1 + r (1 + r p) would round too, to 1.17 ulp in all; adding r_high last keeps 0.89.
    if constexpr (fuses_multiply_add<Arch>)
        p = xsimd::fma(xsimd::fma(p, r, batch(T(1))), r, batch(T(1)));
    else
        p = opaque(r_high + opaque(opaque(r * r) * p + r_low)) + batch(T(1));
    return {p, xsimd::bitwise_cast<xsimd::as_integer_t<T>>(biased)};
}

/// 2^(exponent + shift): one integer addition and one shift.
///
/// domain  −126 ≤ exponent + shift ≤ 127 (float), −1022 … 1023 (double); outside it the result means nothing
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
scale(const scaled_exponential<T, Arch>& e, const xsimd::batch<xsimd::as_integer_t<T>, Arch>& shift) noexcept {
    return xsimd::bitwise_cast<T>((e.exponent + shift) << (std::numeric_limits<T>::digits - 1));
}

/// exp(x) for x ≤ 0, gradual underflow included.
///
/// domain  x ≤ 0: exp(−0) = 1, exp(−inf) = 0, NaN for NaN; for x > 0 the result means nothing
/// error   at most 0.90 ulp, subnormal results too. float, every x ≤ 0: 0.8913 at −0x1.765026p+2 with FMA, 0.8851 at
///         −0x1.2de724p+5 without; double, sampled: 0.8831 at −0x1.62607bcfe4ecdp+9 and 0.8740 at −0x1.5db1583be0f85p+8.
///         Where the hardware flushes subnormals (g++ -ffast-math at link time), results below the smallest normal are 0.
/// cost    that of exp_scaled() and 9 instructions
/// source  tests/math/exp.sollya
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> exp(const xsimd::batch<T, Arch>& x) noexcept {
    using batch = xsimd::batch<T, Arch>;
    using integer = xsimd::as_integer_t<T>;
    using integers = xsimd::batch<integer, Arch>;

    // Scaled 2^headroom too high, which is exact, then brought down, which rounds once, to a subnormal if need be.
    constexpr integer headroom = 64;
    constexpr T down = T(1) / T(std::uint64_t(1) << 63) / T(2);
    const auto e = exp_scaled(x);
    const batch y = opaque(e.mantissa * scale(e, integers(headroom))) * batch(down);

    // Below −largest_argument the exponent has wrapped. NaN must pass: adding `wrap` sends the magnitude bits of every NaN,
    // and of nothing else, to negative integers. Integers, because -ffast-math assumes that comparisons see no NaN.
    constexpr integer infinity = std::bit_cast<integer>(std::numeric_limits<T>::infinity());
    constexpr integer wrap = std::numeric_limits<integer>::max() - infinity;
    constexpr integer largest = std::bit_cast<integer>(exponential_constants<T>::largest_argument);
    const integers magnitude = xsimd::bitwise_cast<integer>(x) & integers(std::numeric_limits<integer>::max());
    const auto underflow = (magnitude + integers(wrap)) > integers(largest + wrap);
    return xsimd::bitwise_cast<T>(xsimd::select(underflow, integers(0), xsimd::bitwise_cast<integer>(y)));
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
