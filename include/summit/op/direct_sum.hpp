// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/coarse_exp.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/op/reference.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) · 2^−k in one sweep, with k chosen from a few of the terms: while nothing overflows and the sum is not tiny, a
/// maximum changes no digit of it. T is the type computed in. in_range() tells afterwards; what is not, NaN and the infinities
/// among it, is summed again with its maximum known.
template <class T>
struct direct_sum;

struct maximum_of_terms {
    /// The larger one. NaN is left to the sum, which cannot miss it.
    template <class T, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<T, Arch> larger(const xsimd::batch<T, Arch>& max,
                                                                          const xsimd::batch<T, Arch>& x) noexcept {
        return math::ordered_max(x, max);
    }
};

template <>
struct direct_sum<float> : maximum_of_terms {
    using type = float;
    template <class Arch>
    using sum = math::positive_sum<Arch>;
    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    template <bool IsCoarse, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<float, Arch>
    term(const xsimd::batch<float, Arch>& x) noexcept {
        if constexpr (IsCoarse)
            return math::coarse_exp(x);
        else
            return math::tabulated_exp(x);
    }

    /// Made from k, a term relative to 2^k.
    template <bool IsCoarse, class Arch>
    using relative_term =
        std::conditional_t<IsCoarse, math::relative_coarse_exp<Arch>, math::relative_tabulated_exp<float, Arch>>;

    /// The sum is 2^−40 at least, beside which what the exponentials round up from nothing does not count; and the true maximum
    /// may be 115 above the sampled one.
    static constexpr reference_rule<float> reference = {
        .near_zero = 16.0f, .farthest = 0x1p17f, .lead = 40.0f, .reach = 60.0f};

    /// Whether results, `epsilon` apart after 1, have so few digits that coarse terms are good enough for them, and that up to
    /// 128 may be added up in float, one after the other.
    [[nodiscard, gnu::always_inline]] static constexpr bool is_coarse(double epsilon) noexcept {
        return epsilon >= 0x1p-10;
    }

    /// By how much a log near 0 is wrong with all roundings bad at once. In units of 2^−24: 1.35 from tabulated_exp, 2 from
    /// the additions, 0.4 from value(); 1.3 and 2 in general. Of coarse terms 94, and 130 from the additions.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static constexpr double error(double epsilon) noexcept {
        if (is_coarse(epsilon)) return 0x1p-16;
        return math::fuses_multiply_add<Arch> ? 0x1p-22 : 0x1p-21;
    }

    /// Below, the terms that the exponentials round up from nothing might count; above, one of them may have overflowed.
    static constexpr double smallest = 0x1p-50 / math::positive_sum_unit;
    static constexpr double largest = 0x1p127 / math::positive_sum_unit;

    // tabulated_exp divides its argument by 1 + stretch, which divides the log of the sum by about as much: by the mean
    // argument, weighted by the terms, and that lies within log(terms) below the log. In the middle of that it is put right,
    // to 2^−24 · 0.023 · log(terms).

    /// What a total stands for, but for the stretch.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static math::double_pair<Arch>
    stretched(const math::double_pair<Arch>& total) noexcept {
        constexpr double unit = math::positive_sum_unit / math::tabulated_exponential_constants::factor;
        return {total.high * wide<Arch>(unit), total.low * wide<Arch>(unit)};
    }

    /// The log of a sum from that of a stretched one.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static wide<Arch> unstretched(const wide<Arch>& log, double log_terms) noexcept {
        constexpr double stretch = math::tabulated_exponential_constants::stretch;
        return xsimd::fma(log, wide<Arch>(stretch),
                          math::rounded_difference(log, wide<Arch>(0.5 * stretch * log_terms)));
    }
};

template <>
struct direct_sum<double> : maximum_of_terms {
    using type = double;
    template <class Arch>
    using sum = math::grouped_sum<Arch>;

    template <bool, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    term(const xsimd::batch<double, Arch>& x) noexcept {
        return math::tabulated_exp(x);
    }
    template <bool, class Arch>
    using relative_term = math::relative_tabulated_exp<double, Arch>;

    [[nodiscard, gnu::always_inline]] static constexpr bool is_coarse(double) noexcept { return false; }

    static constexpr reference_rule<double> reference = {
        .near_zero = 200.0, .farthest = 0x1p30, .lead = 300.0, .reach = 800.0};

    /// A sum may count up to 2^63 times, and tabulated_log_parts takes up to 2^1000.
    static constexpr double smallest = 0x1p-500;
    static constexpr double largest = 0x1p937;

    // Nothing is stretched here.

    template <class Arch>
    [[nodiscard, gnu::always_inline]] static math::double_pair<Arch>
    stretched(const math::double_pair<Arch>& total) noexcept {
        return total;
    }
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    unstretched(const xsimd::batch<double, Arch>& log, double) noexcept {
        return log;
    }
};

/// Whether each sum of terms is right. By its bits: a NaN is neither below nor above, and -ffast-math assumes there is none.
template <class T, class Arch>
[[nodiscard]] inline xsimd::batch_bool<double, Arch> in_range(const xsimd::batch<double, Arch>& sum) noexcept {
    using bits = xsimd::batch<std::uint64_t, Arch>;
    constexpr auto smallest = std::bit_cast<std::uint64_t>(direct_sum<T>::smallest);
    constexpr auto largest = std::bit_cast<std::uint64_t>(direct_sum<T>::largest);
    return xsimd::batch_bool_cast<double>((xsimd::bitwise_cast<std::uint64_t>(sum) - bits(smallest)) <
                                          bits(largest - smallest));
}

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
