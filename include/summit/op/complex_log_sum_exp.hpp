// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/complex_exp.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/log.hpp>
#include <summit/math/sincos.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <complex>
#include <cstdint>
#include <limits>
#include <numbers>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// log Σ exp(z) for complex z: the end of complex_sum, one result to a lane, and what infinities and NaN come to.
///
/// The term with the largest real part, the *summit*, is left out of the sum and counted as exactly 1 in magnitude: with
/// c + is its phase and T the sum of all other terms over its magnitude,
///
///     |1·(c + is) + T|² = 1 + u,   u = 2 (c Re T + s Im T) + |T|²
///
/// and log1p(u) / 2 keeps every digit where the result is near 0, and returns a lone z itself.
///
/// domain  What C99's cexp makes of each term, added up, and clog of that (Annex G), without cexp's overflow:
///
///         | a term                  | adds to the sum                                          |
///         | re −inf, im anything    | 0                                                        |
///         | re +inf, im ±0          | +inf in the real part                                    |
///         | re +inf, im finite      | +inf with the sign of cos im, and of sin im, in the parts |
///         | re +inf, im ±inf or NaN | an infinity of either sign, NaN                          |
///         | re finite, im ±inf, NaN | NaN, NaN                                                 |
///         | re NaN, im ±0           | NaN in the real part                                     |
///         | re NaN, im otherwise    | NaN, NaN                                                 |
///
///         | real part of the sum | imaginary part | result                   |
///         | finite, both 0       | 0              | (−inf, 0)                |
///         | +inf                 | finite         | (+inf, 0)                |
///         | +inf                 | ±inf           | (+inf, ±π/4)             |
///         | −inf                 | ±inf           | (+inf, ±3π/4)            |
///         | NaN                  | ±inf           | (+inf, NaN)              |
///         | an infinity          | NaN            | (+inf, NaN)              |
///         | NaN                  | finite or NaN  | (NaN, NaN)               |
///
///         +inf and −inf in one part make NaN. A zero imaginary part counts as +0: the result's is +0 or π, never −0 or −π;
///         it rounds to −π only where the sum lies below the negative axis.
/// error   in units of 2^−53: real part ≤ 6 (Σ' + |result|), imaginary part ≤ 3 (Σ + |result|), where Σ is Σ|exp(z)| /
///         |Σ exp(z)| and Σ' the same without the summit in the numerator; complex<float> adds the rounding to float.
///         Worst seen, in millions of sums, 5.54 at {(−0x1.6b06e333c277p-3, 0x1.2e33e7dc82e49p+1),
///         (−0x1.c41a0d8c7671p+0, 0x1.27cf7b90b8de3p+1)} and 1.69 at {(0x1.48d6de259f114p-1, −0x1.f66d76fb49503p+0),
///         (−0x1.0b46c4a992384p-1, −0x1.191f70805a5bp+1)}
struct complex_log_sum_exp {
    template <class Arch>
    using batch = xsimd::batch<double, Arch>;

    /// Infinities and NaN met among the terms: what they put into the parts of the sum.
    static constexpr std::uint32_t real_plus = 1;
    static constexpr std::uint32_t real_minus = 2;
    static constexpr std::uint32_t real_either = 4; ///< an infinity whose sign C leaves open
    static constexpr std::uint32_t real_nan = 8;
    static constexpr std::uint32_t imag_plus = 16;
    static constexpr std::uint32_t imag_minus = 32;
    static constexpr std::uint32_t imag_nan = 64;

    template <class Arch>
    using parts = math::complex_parts<Arch>;

    /// log of a sum that is `repeats` times as large as the summit and the rest.
    template <class Arch>
    [[nodiscard]] static parts<Arch>
    finish(const batch<Arch>& max, const batch<Arch>& phase, const math::double_pair<Arch>& rest_real,
           const math::double_pair<Arch>& rest_imag, const math::exact_count& repeats) noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        constexpr std::uint64_t minus_infinity = ~magnitude | infinity;
        const auto bits_of = [](const batch<Arch>& x) { return xsimd::bitwise_cast<std::uint64_t>(x); };
        const auto is_zero = [&](const batch<Arch>& x) { return (bits_of(x) << 1) == bits(0); };

        const auto top = math::sincos_pairs(phase);
        const auto real = sum_of(top.cos, rest_real);
        const auto imag = sum_of(top.sin, rest_imag);

        // |sum|² = 1 + u
        const auto t_real = math::opaque(rest_real.high + rest_real.low);
        const auto t_imag = math::opaque(rest_imag.high + rest_imag.low);
        const auto along =
            math::add_pairs(math::multiply_pairs(top.cos, rest_real), math::multiply_pairs(top.sin, rest_imag));
        const auto square = xsimd::fma(t_real, t_real, math::opaque(t_imag * t_imag));
        const auto twice = math::two_sum(math::opaque(along.high + along.high), square);
        const auto u_rest = math::opaque(twice.low + math::opaque(along.low + along.low));
        const auto u = math::opaque(twice.high + u_rest);
        const auto u_low = math::opaque(u_rest - math::opaque(u - twice.high));
        math::split_number<Arch> near_one(batch<Arch>(1.0));
        near_one.fraction = u;
        const auto near_log = math::opaque(
            math::opaque(math::log_of(near_one, math::opaque(u_low / math::opaque(batch<Arch>(1.0) + u)))) *
            batch<Arch>(0.5));

        // Elsewhere log of the larger part and log1p of the smaller one over it, squared: nothing overflows.
        const auto real_size = absolute(real);
        const auto imag_size = absolute(imag);
        const auto real_larger = real_size.high > imag_size.high;
        const auto large_high = xsimd::max(real_size.high, imag_size.high);
        const auto large_low = xsimd::select(real_larger, real_size.low, imag_size.low);
        const auto smaller = xsimd::min(real_size.high, imag_size.high);
        const auto ratio = math::opaque(smaller / large_high);
        const auto far_log = math::log_parts(large_high, large_low);
        const auto far_rest = math::opaque(math::log1p(math::opaque(ratio * ratio)) * batch<Arch>(0.5));

        const auto is_near = (u > batch<Arch>(-0.29)) & (u < batch<Arch>(0.41));
        const auto log_high = xsimd::select(is_near, near_log, far_log.high);
        const auto log_low = xsimd::select(is_near, batch<Arch>(0.0), math::opaque(far_log.low + far_rest));

        const auto log_repeats = math::log_parts(batch<Arch>(repeats.high), batch<Arch>(repeats.low));
        const auto start = math::two_sum(max, log_repeats.high);
        const auto whole = math::two_sum(start.high, log_high);
        const auto small_logs = math::opaque(log_repeats.low + log_low);
        const auto result = whole.high + math::opaque(whole.low + math::opaque(start.low + small_logs));

        // A summit alone keeps its phase to the last bit. C's sign rule for zeros would put a sum on the negative axis at π
        // or −π by the sign of a rounding error; here there is one zero.
        constexpr auto pi = std::bit_cast<std::uint64_t>(std::numbers::pi);
        const auto phase_stays = is_zero(t_real) & is_zero(t_imag) & ((bits_of(phase) & bits(magnitude)) <= bits(pi));
        const auto turned = xsimd::atan2(unsigned_zero(imag.high), real.high);
        const auto angle = xsimd::select(phase_stays, bits_of(unsigned_zero(phase)), bits_of(turned));
        const auto nothing = (bits_of(max) == bits(minus_infinity)) | is_zero(large_high);
        return {xsimd::bitwise_cast<double>(xsimd::select(nothing, bits(minus_infinity), bits_of(result))),
                xsimd::bitwise_cast<double>(xsimd::select(nothing, bits(0), angle))};
    }

    /// Whether a term needs contribution(): anything but finite numbers and −inf + i·finite.
    template <class Arch>
    [[nodiscard]] static bool any_special(const batch<Arch>& re, const batch<Arch>& im) noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        const auto re_bits = xsimd::bitwise_cast<std::uint64_t>(re);
        const auto im_bits = xsimd::bitwise_cast<std::uint64_t>(im);
        const auto re_special =
            ((re_bits & bits(magnitude)) >= bits(infinity)) & (re_bits != bits(~magnitude | infinity));
        return xsimd::any(re_special | ((im_bits & bits(magnitude)) >= bits(infinity)));
    }

    template <class Arch>
    [[nodiscard]] static bool is_finite(double x) noexcept {
        return (std::bit_cast<std::uint64_t>(x) & magnitude) < infinity;
    }

    /// What a term puts into the sum if it is infinite or NaN; 0 for all others.
    template <class Arch>
    [[nodiscard]] static std::uint32_t contribution(double re, double im) noexcept {
        const auto re_bits = std::bit_cast<std::uint64_t>(re);
        const bool im_finite = is_finite<Arch>(im);
        const bool im_zero = (std::bit_cast<std::uint64_t>(im) & magnitude) == 0;
        if (re_bits == (~magnitude | infinity)) return 0;
        if ((re_bits & magnitude) > infinity) return im_zero ? real_nan : real_nan | imag_nan;
        if (is_finite<Arch>(re)) return im_finite ? 0 : real_nan | imag_nan;
        if (!im_finite) return real_either | imag_nan;
        if (im_zero) return real_plus;
        const auto direction = math::sincos(batch<Arch>(im));
        const auto negative = [](double x) { return std::bit_cast<std::uint64_t>(x) >> 63 != 0; };
        return (negative(direction.cos.get(0)) ? real_minus : real_plus) |
               (negative(direction.sin.get(0)) ? imag_minus : imag_plus);
    }

    /// The result where contributions were met.
    template <class Arch>
    [[nodiscard]] static std::complex<double> special(std::uint32_t met) noexcept {
        constexpr double inf = std::numeric_limits<double>::infinity();
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        constexpr double pi = std::numbers::pi;
        const auto both = [met](std::uint32_t flags) { return (met & flags) == flags; };
        const bool re_nan = (met & real_nan) != 0 || both(real_plus | real_minus);
        const bool im_nan = (met & imag_nan) != 0 || both(imag_plus | imag_minus);
        const bool im_infinite = (met & (imag_plus | imag_minus)) != 0;
        if (re_nan && (im_nan || !im_infinite)) return {nan, nan};
        if (re_nan || im_nan) return {inf, nan};
        if (!im_infinite) return {inf, 0.0};
        const double angle = (met & real_plus) != 0 ? pi / 4 : 3 * (pi / 4);
        return {inf, (met & imag_plus) != 0 ? angle : -angle};
    }

private:
    static constexpr auto infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
    static constexpr auto magnitude = ~std::uint64_t{0} >> 1;

    template <class Arch>
    [[nodiscard]] static batch<Arch> unsigned_zero(const batch<Arch>& x) noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        const auto x_bits = xsimd::bitwise_cast<std::uint64_t>(x);
        return xsimd::bitwise_cast<double>(xsimd::select((x_bits << 1) == bits(0), bits(0), x_bits));
    }

    /// The pair whose high part is its sum as it rounds: what it is known by where the two cancel.
    template <class Arch>
    [[nodiscard]] static math::double_pair<Arch> sum_of(const math::double_pair<Arch>& a,
                                                        const math::double_pair<Arch>& b) noexcept {
        const auto sum = math::add_pairs(a, b);
        return math::fast_two_sum(sum.high, sum.low);
    }

    template <class Arch>
    [[nodiscard]] static math::double_pair<Arch> absolute(const math::double_pair<Arch>& x) noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        const auto sign = xsimd::bitwise_cast<std::uint64_t>(x.high) & bits(~magnitude);
        const auto turned = [&](const batch<Arch>& part) {
            return xsimd::bitwise_cast<double>(xsimd::bitwise_cast<std::uint64_t>(part) ^ sign);
        };
        return {turned(x.high), turned(x.low)};
    }
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
