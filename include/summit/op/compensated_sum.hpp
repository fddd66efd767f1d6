// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstddef>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) of few doubles, one result to a lane, with the rounding errors of their additions kept beside it. Relative to
/// nothing, as direct_sum is.
template <class Arch>
class compensated_sum {
    using batch = xsimd::batch<double, Arch>;

public:
    /// Of this magnitude and more, logs are of sums that may be out of range.
    static constexpr double most = 340.0;

    /// Of two terms.
    [[gnu::always_inline]] compensated_sum(const batch& a, const batch& b) noexcept
        : sum_(math::two_sum(math::tabulated_exp(a), math::tabulated_exp(b))) {}

    [[gnu::always_inline]] void add(const batch& x) noexcept { add_term(math::tabulated_exp(x)); }

    /// Two at once meet as they round: half of the instructions.
    [[gnu::always_inline]] void add(const batch& a, const batch& b) noexcept {
        add_term(math::rounded_sum(math::tabulated_exp(a), math::tabulated_exp(b)));
    }

    [[nodiscard, gnu::always_inline]] batch log() const noexcept {
        const auto log = math::tabulated_log_parts(sum_);
        return log.high + log.low;
    }

    /// Before its own rounding the log is wrong by no more than 2.9 · 2^−53: 1.9 from tabulated_exp, 1 from the sum of two.
    /// Nearer 0 that is more than half of a last bit, and such a result is better summed with its maximum known.
    [[nodiscard]] static double least_certain(std::ptrdiff_t /*terms*/, double /*epsilon*/) noexcept { return 2.0; }

private:
    [[gnu::always_inline]] void add_term(const batch& term) noexcept {
        const auto next = math::two_sum(sum_.high, term);
        sum_ = {next.high, math::rounded_sum(sum_.low, next.low)};
    }

    math::double_pair<Arch> sum_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
