// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/sincos.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Up to here absolute_sincos counts quarter turns by itself: the products with parts of π/2 are exact, or, with FMA, what they
/// lack is below 2^−70.
template <class Arch>
inline constexpr double largest_quickly_turned = fuses_multiply_add<Arch> ? 0x1p36 : sincos_constants::largest_medium;

/// Numbers of quarter turns, of which the lowest two bits have meaning, and what is left of the arguments.
template <class Arch>
struct quarter_turn_lanes {
    xsimd::batch<std::uint64_t, Arch> quadrant;
    xsimd::batch<double, Arch> r;
};

/// The same with those of large x put right. By value and not inline: neither its code nor what it works on is then in the way
/// of all others.
template <class Arch>
[[nodiscard, gnu::noinline]] inline quarter_turn_lanes<Arch>
with_large_reduced(const quarter_turn_lanes<Arch> all, const xsimd::batch<double, Arch> x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    alignas(Arch::alignment()) std::array<std::uint64_t, batch::size> quadrants;
    alignas(Arch::alignment()) std::array<double, batch::size> xs, rs;
    all.quadrant.store_aligned(quadrants.data());
    all.r.store_aligned(rs.data());
    x.store_aligned(xs.data());
    for (std::size_t i = 0; i != batch::size; ++i) {
        if ((std::bit_cast<std::uint64_t>(xs[i]) & ~std::uint64_t{0} >> 1) <=
            std::bit_cast<std::uint64_t>(largest_quickly_turned<Arch>))
            continue;
        const quarter_turns reduced = reduce_large<Arch>(xs[i]);
        quadrants[i] = reduced.quadrant;
        rs[i] = reduced.high;
    }
    return {xsimd::batch<std::uint64_t, Arch>::load_aligned(quadrants.data()), batch::load_aligned(rs.data())};
}

/// Sine and cosine of x for sums, where an error counts beside 1 and not beside a sine next to 0. Some thirty instructions, half
/// of what sincos takes. The value of a lane depends on that lane alone.
///
/// domain  all finite x, up to largest_quickly_turned unless AnyTurns. A zero sine, of ±0 only, may have either sign; cos(±0) = 1
/// error   absolute, at most 1.6 · 2^−53 with FMA (worst seen 1.46 around 2^36), 2.2 · 2^−53 without
/// source  polynomials of sincos; with FMA the difference of x and n times the first part of π/2 is exact
template <bool AnyTurns, class Arch>
[[nodiscard, gnu::always_inline]] inline sine_and_cosine<Arch>
absolute_sincos(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;
    using constants = sincos_constants;

    // 1.5 · 2^52 rounds to an integer and leaves it in the low bits of the sum.
    constexpr double to_integer = 0x1.8p52;
    const batch shifted = opaque(xsimd::fma(x, batch(constants::two_over_pi), batch(to_integer)));
    const batch n = opaque(shifted - batch(to_integer));
    bits quadrant = xsimd::bitwise_cast<std::uint64_t>(shifted);
    batch r;
    if constexpr (fuses_multiply_add<Arch>) {
        const batch first = opaque(xsimd::fma(n, batch(-constants::pi_half_double[0]), x));
        r = opaque(xsimd::fma(n, batch(-constants::pi_half_double[1]), first));
    } else {
        const auto less_part = [&](const batch& from, std::size_t i) {
            return opaque(from - opaque(n * batch(constants::pi_half[i])));
        };
        r = less_part(less_part(less_part(x, 0), 1), 2);
    }
    if constexpr (AnyTurns)
        if (xsimd::any(xsimd::abs(x) > batch(largest_quickly_turned<Arch>))) {
            const auto all = with_large_reduced<Arch>({quadrant, r}, x);
            quadrant = all.quadrant;
            r = all.r;
        }

    const auto polynomial = [](const auto& c, const batch& z) {
        batch p(c[std::size(c) - 1]);
        for (std::size_t i = std::size(c) - 1; i-- > 0;) p = xsimd::fma(p, z, batch(c[i]));
        return p;
    };
    const batch z = opaque(r * r);
    const batch sine = xsimd::fma(opaque(z * r), polynomial(constants::sine, z), r);
    const batch cosine = xsimd::fma(z, xsimd::fma(z, polynomial(constants::cosine, z), batch(-0.5)), batch(1.0));

    // As in sincos.
    const bits odd = bits(0) - (quadrant & bits(1));
    const bits sine_sign = (quadrant & bits(2)) << 62;
    const bits cosine_sign = ((quadrant + bits(1)) & bits(2)) << 62;
    const bits sine_bits = xsimd::bitwise_cast<std::uint64_t>(sine);
    const bits cosine_bits = xsimd::bitwise_cast<std::uint64_t>(cosine);
    const bits exchange = (sine_bits ^ cosine_bits) & odd;
    sine_and_cosine<Arch> result;
    result.sin = xsimd::bitwise_cast<double>(sine_bits ^ exchange ^ sine_sign);
    result.cos = xsimd::bitwise_cast<double>(cosine_bits ^ exchange ^ cosine_sign);
    return result;
}

/// The real and the imaginary part of some numbers.
template <class Arch>
struct complex_parts {
    xsimd::batch<double, Arch> re;
    xsimd::batch<double, Arch> im;
};

/// exp(z) · 2^−k, one k to a lane.
///
/// domain  re z and k: those of relative_tabulated_exp; im z: that of absolute_sincos
/// error   of either part, relative to |exp(z)|: at most 3.4 · 2^−53 with FMA
template <bool AnyTurns, class Arch>
class relative_complex_exp {
    using batch = xsimd::batch<double, Arch>;

public:
    explicit relative_complex_exp(const batch& k) noexcept : magnitude_(k) {}

    [[nodiscard, gnu::always_inline]] complex_parts<Arch> operator()(const batch& re, const batch& im) const noexcept {
        const auto size = magnitude_.unrounded(re);
        const auto direction = absolute_sincos<AnyTurns>(im);
        complex_parts<Arch> result;
        result.re = xsimd::fma(size.power, direction.cos, opaque(size.rest * direction.cos));
        result.im = xsimd::fma(size.power, direction.sin, opaque(size.rest * direction.sin));
        return result;
    }

private:
    relative_tabulated_exp<double, Arch> magnitude_;
};

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
