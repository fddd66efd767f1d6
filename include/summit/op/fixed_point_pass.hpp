// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/fixed_point_sum.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// The sums of floats whose logs are near 0, as those of normalised log-probabilities: exact but for the terms themselves, so
/// that no bit depends on what was added first. For results below 4 that are each of elements that count once.
struct fixed_point_pass {
    using type = double;
    template <class Arch>
    using sum = math::fixed_point_sum<Arch>;

    template <class Arch>
    static constexpr bool is_known = math::fuses_multiply_add<Arch>;

    [[nodiscard, gnu::always_inline]] static constexpr bool is_coarse(double) noexcept { return false; }

    /// The sum makes its own terms.
    template <bool, class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    term(const xsimd::batch<double, Arch>& x) noexcept {
        return x;
    }

    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    log(const math::double_pair<Arch>& total) noexcept {
        const auto log = math::tabulated_log_parts(total);
        return log.high + log.low;
    }

    /// From this magnitude on a log of `terms` is good to the last bit of a float: its error is 2^−57, and 2^−81 for each term.
    [[nodiscard]] static constexpr double least_certain(std::ptrdiff_t terms) noexcept {
        return std::max(0x1p-32, of_grid(terms));
    }

    /// The same where the largest of the terms is known. Near 0 its exponential is off by no more than 2^−51.5
    /// of what that differs from 1 by, and the others add up to as little.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] static xsimd::batch<double, Arch>
    least_certain(std::ptrdiff_t terms, const xsimd::batch<double, Arch>& largest) noexcept {
        using batch = xsimd::batch<double, Arch>;
        const batch least = xsimd::abs(largest) * batch(0x1p-26);
        return xsimd::max(xsimd::select(largest > batch(-0x1p-6), least, batch(0x1p-32)), batch(of_grid(terms)));
    }

    /// What is rounded to multiples of 2^−80 may be off by half of that, a term.
    [[nodiscard]] static constexpr double of_grid(std::ptrdiff_t terms) noexcept {
        return static_cast<double>(terms) * 0x1p-56;
    }
};

/// The same of few floats, one result to a lane.
template <class Arch>
class fixed_point_sum_of_few {
    using batch = xsimd::batch<float, Arch>;

public:
    static constexpr bool is_relative = false;

    /// Stands for a log that is not good to the last bit of a float.
    static constexpr float unknown = std::numeric_limits<float>::denorm_min();

    /// Of two terms; what others are told beside them is of no use here.
    [[gnu::always_inline]] fixed_point_sum_of_few(const batch& a, const batch& b, const batch&, const batch&,
                                                  const batch*) noexcept
        : sums_{}, largest_(math::ordered_max(a, b)) {
        add_halves(a);
        add_halves(b);
    }

    [[gnu::always_inline]] void add(const batch& x) noexcept {
        largest_ = math::ordered_max(x, largest_);
        add_halves(x);
    }
    [[gnu::always_inline]] void add(const batch& a, const batch& b) noexcept {
        add(a);
        add(b);
    }

    [[nodiscard, gnu::always_inline]] static bool fits() noexcept { return true; }

    [[nodiscard, gnu::always_inline]] static const batch& magnitude(const batch& x) noexcept { return x; }

    [[nodiscard, gnu::noinline]] batch log(std::ptrdiff_t terms) const noexcept {
        using wide = xsimd::batch<double, Arch>;
        const auto largest = math::widen(largest_);
        std::array<wide, 2> logs;
        for (std::size_t i = 0; i != 2; ++i) {
            logs[i] = fixed_point_pass::log(sums_[i].total());
            const auto is_known = xsimd::abs(logs[i]) >= fixed_point_pass::least_certain(terms, largest[i]);
            logs[i] = xsimd::select(is_known, logs[i], wide(static_cast<double>(unknown)));
        }
        return math::narrow<Arch>(logs);
    }

private:
    // Not inline: it is long, and stands wherever a term is read.
    [[gnu::noinline]] void add_halves(const batch& x) noexcept {
        const auto halves = math::widen(x);
        sums_[0].add(halves[0]);
        sums_[1].add(halves[1]);
    }

    std::array<math::fixed_point_sum<Arch>, 2> sums_;
    batch largest_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
