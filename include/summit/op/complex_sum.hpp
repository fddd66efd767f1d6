// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/complex_exp.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/exp.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(z) under way, one sum to a lane: its *summit*, the term with the largest real part so far, and the sum of all others.
///
/// These are summed relative to 2^k, where k follows from the summit. Where a later summit asks for another k the sum is
/// multiplied by a power of two, which rounds nothing: terms are read once, however many they are, and parts of a sum merge as
/// if they had been one.
///
/// Where the summit is beyond `reach` exp(x) · 2^−k has no digits. There terms count relative to an offset as well, some
/// summit: x − offset is exact for all x that matter.
template <class Arch>
class complex_sum {
    using batch = xsimd::batch<double, Arch>;
    using pair = math::double_pair<Arch>;

public:
    using parts = math::complex_parts<Arch>;

    batch max{-std::numeric_limits<double>::infinity()}; ///< the summit's real part; −inf where there is none yet
    batch phase{0.0};                                    ///< its imaginary part
    batch offset{0.0};
    batch exponent{0.0}; ///< k
    pair real{batch(0.0), batch(0.0)};
    pair imag{batch(0.0), batch(0.0)};

    /// Whether x is −inf, as the summit of no terms is. By the bits: -ffast-math assumes that nothing is.
    [[nodiscard]] static auto is_nothing(const batch& x) noexcept {
        constexpr auto nothing = std::bit_cast<std::int64_t>(-std::numeric_limits<double>::infinity());
        return xsimd::batch_bool_cast<double>(xsimd::bitwise_cast<std::int64_t>(x) == integers(nothing));
    }

    /// Makes that term the summit where it is higher. Returns the summit before, a term like others from then on; −inf where the
    /// summit stays.
    parts see(const batch& re, const batch& im) noexcept {
        const auto higher = re > max;
        const parts before{xsimd::select(higher, max, batch(-std::numeric_limits<double>::infinity())),
                           xsimd::select(higher, phase, batch(0.0))};
        if (!xsimd::any(higher)) return before;
        const batch top = xsimd::select(higher, re, max);
        relate_to(top);
        max = top;
        phase = xsimd::select(higher, im, phase);
        return before;
    }

    /// Adds re[i · stride] + i im[i · stride] and the lanes after it, for each i < count: terms below the summit, their real parts
    /// less the offset. Where some imaginary part is too large for sines that are quick, AnyTurns.
    template <bool AnyTurns>
    [[gnu::noinline]] void add(const double* re, const double* im, std::ptrdiff_t stride,
                               std::ptrdiff_t count) noexcept {
        const math::relative_complex_exp<AnyTurns, Arch> exp(exponent);
        pair x = real, y = imag;
        for (std::ptrdiff_t i = 0; i != count; ++i) {
            const parts term = exp(batch::load_unaligned(re + i * stride), batch::load_unaligned(im + i * stride));
            add_to(x, term.re);
            add_to(y, term.im);
        }
        real = x;
        imag = y;
    }

    /// Merges the sum of other terms.
    void add(complex_sum other) noexcept {
        const auto higher = other.max > max;
        const parts lower{xsimd::select(higher, max, other.max), xsimd::select(higher, phase, other.phase)};
        const batch top = xsimd::select(higher, other.max, max);
        relate_to(top);
        other.move_to(offset, exponent);
        max = top;
        phase = xsimd::select(higher, other.phase, phase);
        real = math::add_pairs(real, other.real);
        imag = math::add_pairs(imag, other.imag);
        const parts term = math::relative_complex_exp<true, Arch>(exponent)(math::opaque(lower.re - offset), lower.im);
        add_to(real, term.re);
        add_to(imag, term.im);
    }

    /// The sum of all terms but the summit, relative to the summit's magnitude.
    struct relative_sum {
        pair real;
        pair imag;
    };
    [[nodiscard]] relative_sum rest() const noexcept {
        const pair size = summit_size();
        return {quotient(real, size), quotient(imag, size)};
    }

private:
    using constants = math::tabulated_exponential_sixteenths;
    using integers = xsimd::batch<std::int64_t, Arch>;

    /// k is that much less than the summit's own exponent: what is too small for a double beside the summit is still no
    /// subnormal number, which processors take a hundred cycles over, and 2^63 summits are not infinite.
    static constexpr double headroom = 600.0;
    static constexpr double power_of_headroom = 0x1p600;
    /// Of |x − offset|: well within what relative_tabulated_exp is for.
    static constexpr double reach = math::fuses_multiply_add<Arch> ? 0x1p30 : 0x1p17;

    static void add_to(pair& sum, const batch& term) noexcept {
        const auto next = math::two_sum(sum.high, term);
        sum.high = next.high;
        sum.low = math::opaque(sum.low + next.low);
    }

    [[nodiscard]] static batch nearest_integer(const batch& x) noexcept {
        const batch magic(0x1.8p52);
        return math::opaque(math::opaque(x + magic) - magic);
    }

    /// 2^n for whole numbers n in −1022 … 1023.
    [[nodiscard]] static batch power_of_two(const batch& n) noexcept {
        const batch biased = math::opaque(n + batch(0x1.8p52 + 1023));
        return xsimd::bitwise_cast<double>(xsimd::bitwise_cast<std::int64_t>(biased) << 52);
    }

    /// Chooses offset and exponent for a summit that is as high or higher.
    void relate_to(const batch& top) noexcept {
        const auto nothing = is_nothing(top);
        const batch known = xsimd::select(nothing, batch(0.0), top);
        const auto is_far = xsimd::abs(math::opaque(known - offset)) > batch(reach);
        batch next = offset;
        if (xsimd::any(is_far)) [[unlikely]]
            next = xsimd::select(is_far, xsimd::select(xsimd::abs(known) > batch(reach), known, batch(0.0)), offset);
        const batch distance = xsimd::select(nothing, batch(0.0), math::opaque(known - next));
        move_to(next,
                math::opaque(nearest_integer(math::opaque(distance * batch(constants::log2e))) - batch(headroom)));
    }

    /// Makes the sums relative to another offset and exponent, which are the same or those of a higher summit.
    void move_to(const batch& to_offset, const batch& to_exponent) noexcept {
        const auto nothing = is_nothing(max);
        const auto is_elsewhere = (to_offset != offset) & !nothing;
        if (xsimd::any(is_elsewhere)) [[unlikely]]
            move_offset(is_elsewhere, to_offset, to_exponent);
        // In two steps, as neither sums nor powers may become subnormal where their quotient with the summit is not.
        const batch steps = xsimd::max(math::opaque(exponent - to_exponent), batch(-2000.0));
        const batch half = nearest_integer(math::opaque(steps * batch(0.5)));
        const auto scale = [&](const batch& x) {
            const batch scaled =
                math::opaque(math::opaque(x * power_of_two(half)) * power_of_two(math::opaque(steps - half)));
            return xsimd::select(is_elsewhere, x, xsimd::select(nothing, batch(0.0), scaled));
        };
        real = {scale(real.high), scale(real.low)};
        imag = {scale(imag.high), scale(imag.low)};
        offset = to_offset;
        exponent = to_exponent;
    }

    [[gnu::noinline]] void move_offset(const xsimd::batch_bool<double, Arch>& which, const batch& to_offset,
                                       const batch& to_exponent) noexcept {
        const relative_sum now = rest();
        const batch size = math::relative_tabulated_exp<double, Arch>(to_exponent)(math::opaque(max - to_offset));
        const auto move = [&](pair& sum, const pair& relative) {
            sum.high = xsimd::select(which, math::opaque(relative.high * size), sum.high);
            sum.low = xsimd::select(which, math::opaque(relative.low * size), sum.low);
        };
        move(real, now.real);
        move(imag, now.imag);
    }

    /// exp(max − offset) · 2^−k, to 2^−58.
    [[nodiscard]] pair summit_size() const noexcept {
        const batch x = xsimd::select(is_nothing(max), batch(0.0), math::opaque(max - offset));
        const batch n = math::opaque(exponent + batch(headroom));
        pair r;
        if constexpr (math::fuses_multiply_add<Arch>)
            // The first is exact.
            r = math::two_sum(xsimd::fma(n, batch(-constants::ln2_high), x),
                              math::rounded_product(n, batch(-constants::ln2_low)));
        else
            // So is the first difference.
            r = math::two_sum(math::rounded_difference(x, math::rounded_product(n, batch(constants::ln2_head))),
                              math::rounded_product(n, batch(-constants::ln2_tail)));
        constexpr auto& c = math::exponential_constants<double>::coefficients;
        batch p(c[std::size(c) - 1]);
        for (std::size_t i = std::size(c) - 1; i-- > 0;) p = xsimd::fma(p, r.high, batch(c[i]));
        const batch square = math::opaque(r.high * r.high);
        const auto sum = math::fast_two_sum(batch(1.0), r.high);
        const auto size =
            math::fast_two_sum(sum.high, math::opaque(sum.low + math::opaque(xsimd::fma(square, p, r.low))));
        const batch power(power_of_headroom);
        return {math::opaque(size.high * power), math::opaque(size.low * power)};
    }

    [[nodiscard]] static pair quotient(const pair& a, const pair& b) noexcept {
        const batch first = math::opaque(a.high / b.high);
        const auto product = math::two_product(first, b.high);
        const batch left = math::opaque(math::opaque(a.high - product.high) - product.low);
        const batch low = math::opaque(left + xsimd::fma(-first, b.low, a.low));
        return math::fast_two_sum(first, math::opaque(low / b.high));
    }
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
