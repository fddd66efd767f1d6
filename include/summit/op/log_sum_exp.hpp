// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/exp.hpp>
#include <summit/math/log.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/op/near_zero.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op {

inline namespace SUMMIT_INSTRUCTION_SET {

/// What is known of the elements seen so far, one result to a lane: their maximum, and
/// sum = Σ exp(x − offset) · 2^−exponent, with offset and exponent those of reference(max).
template <class Arch>
struct log_sum_exp_state {
    xsimd::batch<double, Arch> max; ///< or 0, where the sum was taken without one
    math::double_pair<Arch> sum;
};

/// log Σ exp(x) as an algebra: identity, two sweeps that absorb a block, merge and finish. T is the type computed in.
///
/// Sums are not taken relative to the maximum itself: x − max would round, and by more the further x is from it. Near 0
/// they are relative to the power of two next to exp(max), which costs no rounding at all; far from 0, where that power
/// would overflow, to exp(max), and there x − max is exact for every term that counts (Sterbenz).
template <class T>
struct log_sum_exp_algebra {
    static constexpr bool is_float = sizeof(T) == sizeof(float);

    /// Up to this magnitude a maximum is "near 0": the reduction of exp's argument is then exact to the last bit.
    static constexpr double near_limit = is_float ? 256.0 : 2048.0;

    /// Terms this far below the maximum and further all count as exp(−reach), far below the last bit of any sum.
    static constexpr T reach = is_float ? T(86.5) : T(707);

    /// The log of the empty sum.
    static constexpr double empty = -std::numeric_limits<double>::infinity();

    template <class Arch>
    using state = log_sum_exp_state<Arch>;

    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    template <class V>
    struct reference_point {
        V max; ///< the maximum, brought to the nearest finite number
        V offset;
        V exponent;
    };

    /// What the sum of a state with this maximum is relative to: exp(offset) · 2^exponent.
    template <class Arch>
    [[nodiscard]] static reference_point<wide<Arch>> reference(const wide<Arch>& max) noexcept {
        constexpr auto largest = static_cast<double>(std::numeric_limits<T>::max());
        const auto finite = xsimd::max(wide<Arch>(-largest), xsimd::min(wide<Arch>(largest), max));
        const auto is_near = xsimd::abs(finite) <= wide<Arch>(near_limit);
        // A magic-number addition rounds the same way on every instruction set.
        constexpr double to_integer = 0x1.8p52;
        const auto nearest = math::opaque(xsimd::fma(finite, wide<Arch>(0x1.71547652b82fep0), wide<Arch>(to_integer))) -
                             wide<Arch>(to_integer);
        return {finite, xsimd::select(is_near, wide<Arch>(0.0), finite),
                xsimd::select(is_near, nearest, wide<Arch>(0.0))};
    }

    template <class Arch>
    [[nodiscard]] static state<Arch> identity() noexcept {
        return {wide<Arch>(-std::numeric_limits<double>::infinity()), {wide<Arch>(0.0), wide<Arch>(0.0)}};
    }

    /// The first sweep over a block: its maximum. NaN is left to the second, which cannot miss it.
    template <class Arch>
    [[nodiscard]] static xsimd::batch<T, Arch> larger(const xsimd::batch<T, Arch>& max,
                                                      const xsimd::batch<T, Arch>& x) noexcept {
        return math::ordered_max(x, max);
    }

    /// The second sweep: what each element adds to the sum.
    template <class Arch>
    class terms {
        using batch = xsimd::batch<T, Arch>;
        using integers = xsimd::batch<xsimd::as_integer_t<T>, Arch>;

    public:
        explicit terms(const reference_point<batch>& at) noexcept
            : offset_(at.offset),
              lowest_(math::rounded_difference(at.max, at.offset) - batch(reach)),
              shift_(-xsimd::batch_cast<xsimd::as_integer_t<T>>(at.exponent)) {}

        [[nodiscard]] batch operator()(const batch& x) const noexcept {
            // A NaN stays a NaN here, and makes the sum one.
            const auto e = math::exp_scaled(math::ordered_max(lowest_, x - offset_));
            // A product with a power of two is exact, fused with the addition to come or not.
            return e.mantissa * math::scale(e, shift_);
        }

    private:
        batch offset_;
        batch lowest_;
        integers shift_;
    };

    /// Instead of terms where the maximum is +inf: the sum is NaN if there is a NaN, and 0 otherwise.
    template <class Arch>
    struct nan_terms {
        [[nodiscard]] xsimd::batch<T, Arch> operator()(const xsimd::batch<T, Arch>& x) const noexcept {
            using bits = xsimd::as_unsigned_integer_t<T>;
            using batch = xsimd::batch<bits, Arch>;
            constexpr auto infinity = std::bit_cast<bits>(std::numeric_limits<T>::infinity());
            constexpr auto nan = std::bit_cast<bits>(std::numeric_limits<T>::quiet_NaN());
            constexpr auto magnitude = static_cast<bits>(~bits{0} >> 1);
            const auto is_nan = (xsimd::bitwise_cast<bits>(x) & batch(magnitude)) > batch(infinity);
            return xsimd::bitwise_cast<T>(xsimd::select(is_nan, batch(nan), batch(0)));
        }
    };

    /// Of two disjoint sets of elements, the state of both.
    template <class Arch>
    [[nodiscard]] static state<Arch> merge(const state<Arch>& a, const state<Arch>& b) noexcept {
        const auto max = xsimd::max(a.max, b.max);
        const auto target = reference<Arch>(max);
        return {max, math::add_pairs(rescaled(a, target), rescaled(b, target))};
    }

    /// log of a sum that is `repeats` times that of the state.
    template <class Arch>
    [[nodiscard]] static wide<Arch> finish(const state<Arch>& s, const math::exact_count& repeats) noexcept {
        const auto at = reference<Arch>(s.max);
        const auto sum = math::times(s.sum, repeats);
        // A float has no use for the digits that parts add.
        if constexpr (is_float)
            return special(s, xsimd::fma(at.exponent, wide<Arch>(ln2), at.offset + math::log(sum.high)));
        else
            return special(s, add_reference(at, math::tabulated_log_parts(sum)));
    }

    /// A sum of exp(x) itself as a state.
    template <class Arch>
    [[nodiscard]] static state<Arch> relative_to_nothing(const math::double_pair<Arch>& sum) noexcept {
        const auto is_empty = sum.high == wide<Arch>(0.0);
        return {xsimd::select(is_empty, identity<Arch>().max, wide<Arch>(0.0)), sum};
    }

    /// log of a sum of exp(x) itself, in range, that is `repeats` times that of the terms.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static wide<Arch> finish_direct(const math::double_pair<Arch>& sum,
                                                                      const math::exact_count& repeats) noexcept {
        if constexpr (is_float) {
            // The low part of a sum of many terms may be thousands of last bits of the high one.
            return math::tabulated_log(math::rounded_sum(sum.high, sum.low) * wide<Arch>(repeats.high));
        } else {
            const auto log = math::tabulated_log_parts(math::times(sum, repeats));
            return log.high + log.low;
        }
    }

    /// The same of a total in C as it was added up, whose mean argument lies half of `log_terms` below the log.
    template <class C, class Arch>
    [[nodiscard, gnu::always_inline]] static wide<Arch>
    finish_total(const math::double_pair<Arch>& total, const math::exact_count& repeats, double log_terms) noexcept {
        using direct = direct_sum<C>;
        return direct::unstretched(finish_direct(direct::stretched(total), repeats), log_terms);
    }

    /// Whether the sum in T is too coarse for the last bit of the result.
    template <class Arch>
    [[nodiscard]] static auto needs_double(const wide<Arch>& result, double epsilon) noexcept {
        static_assert(is_float);
        return xsimd::abs(result) < wide<Arch>(2.0 * direct_sum<T>::error(epsilon) / epsilon);
    }

    /// Where the result is near 0 its last bit is finer than a sum in double. Such results are summed once more, with the
    /// maximum known.
    using refinement = std::conditional_t<is_float, cancelling_log_sum_exp, exact_log_sum_exp>;

private:
    static constexpr double ln2 = 0x1.62e42fefa39efp-1;
    static constexpr double ln2_high = math::exponential_constants<double>::ln2_high; // times an exponent it is exact
    static constexpr double ln2_low = math::exponential_constants<double>::ln2_low;

    /// The sum of `state`, relative to another reference.
    template <class Arch>
    [[nodiscard]] static math::double_pair<Arch> rescaled(const state<Arch>& s,
                                                          const reference_point<wide<Arch>>& target) noexcept {
        const auto from = reference<Arch>(s.max);
        const auto exponent = from.exponent - target.exponent;
        const auto offset = from.offset - target.offset;
        // Between two references near 0 the factor is a power of two: exact.
        const auto power = power_of_two<Arch>(exponent);
        const auto head = xsimd::fma(exponent, wide<Arch>(ln2_high), offset);
        const auto other = math::exp(xsimd::fma(exponent, wide<Arch>(ln2_low), head));
        const auto factor = xsimd::select(offset == wide<Arch>(0.0), power, other);
        return {math::opaque(s.sum.high * factor), math::opaque(s.sum.low * factor)};
    }

    /// 2^exponent for integers ≤ 0, 0 where that would be subnormal.
    template <class Arch>
    [[nodiscard]] static wide<Arch> power_of_two(const wide<Arch>& exponent) noexcept {
        using integers = xsimd::batch<std::int64_t, Arch>;
        constexpr double to_integer = 0x1.8p52;
        const auto biased = xsimd::max(exponent, wide<Arch>(-1023.0)) + wide<Arch>(to_integer + 1023);
        return xsimd::bitwise_cast<double>(integers(xsimd::bitwise_cast<std::int64_t>(math::opaque(biased)) << 52));
    }

    template <class Arch>
    [[nodiscard]] static wide<Arch> add_reference(const reference_point<wide<Arch>>& at,
                                                  const math::double_pair<Arch>& log) noexcept {
        // One of the two is 0, and exponent · ln2_high is exact.
        const auto head = xsimd::fma(at.exponent, wide<Arch>(ln2_high), at.offset);
        const auto joined = math::two_sum(head, log.high);
        const auto low = xsimd::fma(at.exponent, wide<Arch>(ln2_low), log.low);
        return joined.high + math::opaque(joined.low + low);
    }

    /// The infinite maxima and NaN, told apart by their bits: -ffast-math assumes that there are none.
    template <class Arch>
    [[nodiscard]] static wide<Arch> special(const state<Arch>& s, const wide<Arch>& result) noexcept {
        using batch = xsimd::batch<std::uint64_t, Arch>;
        constexpr auto infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
        constexpr auto nan = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN());
        constexpr auto magnitude = ~std::uint64_t{0} >> 1;
        const auto max = xsimd::bitwise_cast<std::uint64_t>(s.max);
        const auto is_infinite = (max & batch(magnitude)) == batch(infinity);
        const auto is_nan = (xsimd::bitwise_cast<std::uint64_t>(s.sum.high) & batch(magnitude)) > batch(infinity);
        const auto chosen = xsimd::select(is_infinite, max, xsimd::bitwise_cast<std::uint64_t>(result));
        return xsimd::bitwise_cast<double>(xsimd::select(is_nan, batch(nan), chosen));
    }
};

} // namespace SUMMIT_INSTRUCTION_SET

/// The algebra under one name, which files for several instruction sets ask for.
template <class T>
struct [[gnu::visibility("default")]] log_sum_exp : log_sum_exp_algebra<T> {};

} // namespace summit::inline version0::op
