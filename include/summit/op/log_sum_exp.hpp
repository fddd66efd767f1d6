// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/math/widen.hpp>
#include <summit/op/compensated_sum.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/op/fixed_point_pass.hpp>
#include <summit/op/names.hpp>
#include <summit/op/near_zero.hpp>
#include <summit/op/split_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op {

inline namespace SUMMIT_INSTRUCTION_SET {

/// log Σ exp(x): what the drivers ask of it, and in which order. A result's terms are summed in one sweep relative to a power
/// of two next to some of them. Where that was no good guess, and the sum is out of range, larger() finds the maximum, and they
/// are summed relative to the power next to it. T is the type computed in.
template <class T>
struct log_sum_exp_algebra {
    static constexpr bool is_float = sizeof(T) == sizeof(float);

    /// The log of the empty sum.
    static constexpr double empty = -std::numeric_limits<double>::infinity();

    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    /// The terms and their sum, computed in C: in T, or in double where float has too few digits.
    template <class C>
    using single_pass = direct_sum<C>;

    /// How a few terms are added up that are computed in C, one result to a lane.
    template <class C, class Arch, bool IsRelative>
    using sum_of_few =
        std::conditional_t<sizeof(C) == sizeof(float), split_sum<Arch, IsRelative>, compensated_sum<Arch, IsRelative>>;

    /// The maximum. NaN is left to the sum, which cannot miss it.
    template <class C, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<C, Arch> larger(const xsimd::batch<C, Arch>& max,
                                                                          const xsimd::batch<C, Arch>& x) noexcept {
        return math::ordered_max(x, max);
    }

    /// The k of 2^k that terms are summed relative to, where `max` is the largest of those that were looked at.
    template <class C, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<C, Arch>
    reference_exponent(const xsimd::batch<C, Arch>& max) noexcept {
        return direct_sum<C>::reference.exponent(max);
    }

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

    /// Whether each sum of terms in C is right: neither overflowed nor tiny, and not NaN.
    template <class C, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch_bool<double, Arch> in_range(const wide<Arch>& sum) noexcept {
        return op::in_range<C>(sum);
    }

    /// Whether a sum that is not, was too large, or of a NaN.
    template <class C>
    [[nodiscard]] static bool is_above_range(double sum) noexcept {
        return std::bit_cast<std::uint64_t>(sum) >= std::bit_cast<std::uint64_t>(direct_sum<C>::largest);
    }

    /// The log of a total in C as it was added up, relative to 2^exponent, whose terms each count `repeats` times. Their mean
    /// argument lies half of `log_terms` below the log.
    template <class C, class Arch>
    [[nodiscard, gnu::always_inline]] static wide<Arch> finish(const math::double_pair<Arch>& total,
                                                               const math::exact_count& repeats, double log_terms,
                                                               const wide<Arch>& exponent = wide<Arch>(0.0)) noexcept {
        const auto sum = direct_sum<C>::stretched(total);
        if constexpr (is_float) {
            // The low part of a sum of many terms may be thousands of last bits of the high one.
            const auto log = math::tabulated_log(math::rounded_sum(sum.high, sum.low) * wide<Arch>(repeats.high));
            return direct_sum<C>::unstretched(xsimd::fma(exponent, wide<Arch>(ln2), log), log_terms);
        } else {
            const auto log = math::tabulated_log_parts(math::times(sum, repeats));
            const auto head = math::two_product(exponent, wide<Arch>(ln2));
            const auto joined = math::two_sum(head.high, log.high);
            const auto low = xsimd::fma(exponent, wide<Arch>(ln2_low), math::rounded_sum(head.low, log.low));
            return joined.high + math::opaque(joined.low + low);
        }
    }

    /// Below this magnitude the sum in T is too coarse for the last bit of a result; `epsilon` is the spacing of results after 1.
    template <class Arch>
    [[nodiscard]] static constexpr double coarse_limit(double epsilon) noexcept {
        return 2.0 * direct_sum<T>::template error<Arch>(epsilon) / epsilon;
    }

    /// Whether the sum in T is too coarse for the last bit of the result.
    template <class Arch>
    [[nodiscard]] static auto needs_double(const wide<Arch>& result, double epsilon) noexcept {
        static_assert(is_float);
        return xsimd::abs(result) < wide<Arch>(coarse_limit<Arch>(epsilon));
    }

    /// The sum for results that needs_double() picks out, if each element counts once.
    using finer_pass = fixed_point_pass;
    template <class Arch>
    using finer_sum_of_few = fixed_point_sum_of_few<Arch>;

    /// Its log: as a float is rounded, so that what holds fewer digits is rounded alike whoever took it.
    template <class Arch>
    [[nodiscard]] static wide<Arch> finer_log(const math::double_pair<Arch>& total) noexcept {
        const wide<Arch> log = fixed_point_pass::log(total);
        return math::widen(math::narrow<Arch>({log, log}))[0];
    }

    /// Whether finer_pass is better than a sum in double: it is for floats, and no slower.
    template <class Arch>
    static constexpr bool has_finer_pass = is_float&& fixed_point_pass::is_known<Arch>;

    /// Where the result is near 0 its last bit is finer than a sum in double. Such results are summed once more, with the
    /// maximum known.
    using refinement = std::conditional_t<is_float, cancelling_log_sum_exp, exact_log_sum_exp>;

private:
    static constexpr double ln2 = 0x1.62e42fefa39efp-1;
    static constexpr double ln2_low = 0x1.abc9e3b39803fp-56;
};

} // namespace SUMMIT_INSTRUCTION_SET

/// The algebra under one name, which files for several instruction sets ask for.
template <class T>
struct log_sum_exp : log_sum_exp_algebra<T> {};

} // namespace summit::inline version0::op
