// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/coarse_exp.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) as it stands, relative to nothing, in one sweep: while nothing overflows and the sum is not tiny, a maximum
/// changes no digit of it. T is the type computed in. in_range() tells afterwards; what is not, NaN and the infinities
/// among it, is for log_sum_exp, which looks for the maximum first.
template <class T>
struct direct_sum;

template <>
struct direct_sum<float> {
    template <class Arch>
    using sum = math::positive_sum<Arch>;
    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<float, Arch>
    term(const xsimd::batch<float, Arch>& x) noexcept {
        return math::tabulated_exp(x);
    }

    /// Whether results, `epsilon` apart after 1, have so few digits that coarse terms are good enough for them, and that up to
    /// 128 may be added up in float, one after the other.
    [[nodiscard, gnu::always_inline]] static constexpr bool is_coarse(double epsilon) noexcept {
        return epsilon >= 0x1p-10;
    }

    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<float, Arch>
    coarse_term(const xsimd::batch<float, Arch>& x) noexcept {
        return math::coarse_exp(x);
    }

    /// By how much a log near 0 is wrong with all roundings bad at once. In units of 2^−24: 1.35 from tabulated_exp, 2 from
    /// the additions, 0.4 from value(); 1.3 and 2 in general. Of coarse terms 94, and 130 from the additions.
    [[nodiscard, gnu::always_inline]] static constexpr double error(double epsilon) noexcept {
        return is_coarse(epsilon) ? 0x1p-16 : 0x1p-22;
    }

    /// Below, the terms that the exponentials round up from nothing might count; above, one of them may have overflowed.
    static constexpr double smallest = 0x1p-50 / math::positive_sum_unit;
    static constexpr double largest = 0x1p127 / math::positive_sum_unit;

    // tabulated_exp divides its argument by 1 + stretch, which divides the log of the sum by about as much: by the mean
    // argument, weighted by the terms, and that lies within log(terms) below the log. In the middle of that it is put right,
    // to 2^−24 · 0.023 · log(terms): in the log, or where the sum itself is wanted, in that.

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

    /// What a total stands for.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static math::double_pair<Arch> value(const math::double_pair<Arch>& total,
                                                                           double log_terms) noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        constexpr double ln2 = 0x1.62e42fefa39efp-1;
        const auto sum = stretched(total);
        // The sum's own bits are its log to a tenth.
        const auto as_integer =
            (xsimd::bitwise_cast<std::uint64_t>(sum.high) >> 12) | bits(std::bit_cast<std::uint64_t>(0x1p52));
        const auto log2 =
            (xsimd::bitwise_cast<double>(as_integer) - wide<Arch>(0x1p52)) * wide<Arch>(0x1p-40) - wide<Arch>(1023.0);
        const auto mean = xsimd::fma(log2, wide<Arch>(ln2), wide<Arch>(-0.5 * log_terms));
        const auto factor =
            xsimd::fma(mean, wide<Arch>(math::tabulated_exponential_constants::stretch), wide<Arch>(1.0));
        return {sum.high * factor, sum.low * factor};
    }
};

template <>
struct direct_sum<double> {
    template <class Arch>
    using sum = math::grouped_sum<Arch>;

    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    term(const xsimd::batch<double, Arch>& x) noexcept {
        return math::tabulated_exp(x);
    }

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
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static math::double_pair<Arch> value(const math::double_pair<Arch>& total,
                                                                           double) noexcept {
        return total;
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
