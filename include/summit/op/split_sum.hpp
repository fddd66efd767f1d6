// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/split_exp.hpp>
#include <summit/math/split_log.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) of few floats as a float and what it lacks, one result to a lane: nearly as good as in double, in half of the
/// instructions. Relative to nothing, as direct_sum is.
template <class Arch>
class split_sum {
    using batch = xsimd::batch<float, Arch>;

public:
    /// Of this magnitude and more, logs are of sums so small that arguments below split_exp's lowest might count, or so large
    /// that one of the terms might have overflowed.
    static constexpr float most = 56.0f;

    /// Of two terms.
    [[gnu::always_inline]] split_sum(const batch& a, const batch& b) noexcept {
        const auto first = math::split_exp(a);
        const auto second = math::split_exp(b);
        high_ = first.power;
        lack_ = add_power(second.power);
        rest_ = xsimd::fma(second.power, second.rest, math::rounded_product(first.power, first.rest));
    }

    [[gnu::always_inline]] void add(const batch& x) noexcept {
        const auto term = math::split_exp(x);
        lack_ = lack_ + add_power(term.power);
        rest_ = xsimd::fma(term.power, term.rest, rest_);
    }

    [[gnu::always_inline]] void add(const batch& a, const batch& b) noexcept {
        add(a);
        add(b);
    }

    [[nodiscard, gnu::always_inline]] batch log() const noexcept {
        return math::split_log(high_, math::rounded_sum(rest_, lack_));
    }

    /// By how much log() of `terms` is wrong with all roundings bad at once, before the last. In units of 2^−30: 4.6 from
    /// split_exp, 1 from each term's rest and from their sum, 4.5 from split_log, and 2.95 log(terms) from the stretch, of
    /// which the centre takes off 1.6. That is no more than this from 2 terms to 71.
    [[nodiscard]] static double error(std::ptrdiff_t terms) noexcept {
        return (11.5 + 1.4 * static_cast<double>(terms)) * 0x1p-30;
    }

    /// From this magnitude on a log of `terms` is good enough for results that are `epsilon` apart after 1: half of a last bit
    /// is no less than its error.
    [[nodiscard]] static float least_certain(std::ptrdiff_t terms, double epsilon) noexcept {
        // The next power of two: up to the one after it last bits have the same value.
        constexpr auto fraction = (std::uint64_t(1) << 52) - 1;
        const auto least = std::bit_cast<std::uint64_t>(2.0 * error(terms) / epsilon);
        return static_cast<float>(std::bit_cast<double>((least + fraction) & ~fraction));
    }

private:
    /// Returns what the sum lacks.
    [[nodiscard, gnu::always_inline]] batch add_power(const batch& power) noexcept {
        // The larger one first: what their sum lacks is then one difference (Dekker).
        const batch larger = xsimd::max(high_, power);
        const batch smaller = xsimd::min(high_, power);
        high_ = math::rounded_sum(larger, smaller);
        return math::rounded_difference(smaller, math::rounded_difference(high_, larger));
    }

    batch high_; ///< of the powers
    batch lack_; ///< of high_: apart from the rests, beside which it would be rounded
    batch rest_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
