// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/direct_rows.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <concepts>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// A row so far from 0 that no direct sum holds it is summed less its maximum: the difference is exact for every term that
// counts (Sterbenz), and it takes half as long as the general way.

/// Rows whose maximum lies outside: below the one or above the other.
struct far_range {
    double below;
    double above;
};

/// Those whose direct sum in C was out of range, but for NaN and infinities.
template <class C>
inline constexpr far_range far_rows = std::same_as<C, float> ? far_range{-32.0, 64.0} : far_range{-330.0, 630.0};

/// Those of up to 16384 terms for which that is sure without one.
template <class C>
inline constexpr far_range surely_far_rows = std::same_as<C, float> ? far_range{-48.0, 89.0} : far_range{-360.0, 660.0};

/// A guess from three of n elements, the next to be read first: it saves a direct sum, and changes no result.
template <class C, class Element>
[[nodiscard]] inline bool seems_far(const Element* row, std::ptrdiff_t n) noexcept {
    constexpr far_range surely = surely_far_rows<C>;
    const auto is_far = [&](const Element& x) {
        return static_cast<double>(x) < surely.below || static_cast<double>(x) > surely.above;
    };
    return is_far(row[0]) && is_far(row[n / 2]) && is_far(row[n - 1]);
}

/// The sum of exp(x − max).
template <class Arch>
struct shifted_sum {
    double maximum = 0.0;
    math::double_pair<Arch> total;
    bool is_known = false; ///< the maximum lies in the range asked for and is finite, and there is no NaN
};

/// Of n neighbours, computed in C.
template <class Op, class C, class Arch, class Element>
[[nodiscard, gnu::noinline]] shifted_sum<Arch> sum_shifted(const Element* row, std::ptrdiff_t n,
                                                           const far_range& range) noexcept {
    shifted_sum<Arch> sum;
    const auto maximum = static_cast<double>(row_max<Op, Arch>(row, n));
    sum.maximum = maximum;
    // Not whether it is infinite: -ffast-math assumes that nothing is.
    constexpr double most = static_cast<double>(std::numeric_limits<Element>::max()) / 4;
    const bool is_below = maximum < range.below && maximum > -most;
    const bool is_above = maximum > range.above && maximum < most;
    if (!is_below && !is_above) return sum;
    direct_row<C, Arch, Element> terms;
    terms.start();
    terms.add_shifted(row, n, static_cast<C>(maximum));
    sum.total = terms.total();
    sum.is_known = xsimd::all(op::in_range<C>(sum.total.high));
    return sum;
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
