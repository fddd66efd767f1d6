// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>
#include <limits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) of few doubles in one sweep, one result to a lane, relative to the largest so far: for sums that are out of
/// range by themselves. Far from 0 a difference from the maximum is exact for every term that counts (Sterbenz), and each
/// term is one exponential: of the smaller of the two less the larger.
///
/// domain  any numbers; log() is NaN where one of them is, or several are +inf, or all are −inf
/// error   of log(), at most 2.9 · 2^−53 for each term, before the last rounding
/// source  M. Milakov and N. Gimelshein, arXiv:1805.02867
template <class Arch>
class online_sum {
    using batch = xsimd::batch<double, Arch>;

public:
    // Less than the first would be nothing that −inf can be subtracted from.
    online_sum() noexcept : max_(std::numeric_limits<double>::lowest()), sum_(0.0) {}

    [[gnu::always_inline]] void add(const batch& x) noexcept {
        const batch difference = math::rounded_difference(x, max_);
        const batch e = math::tabulated_exp(-xsimd::abs(difference));
        const auto is_larger = difference > batch(0.0);
        sum_ = xsimd::select(is_larger, xsimd::fma(sum_, e, batch(1.0)), sum_ + e);
        max_ = xsimd::select(is_larger, x, max_);
    }

    [[nodiscard]] batch log() const noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        constexpr auto bits_of = [](double x) { return std::bit_cast<std::uint64_t>(x); };
        const auto log = math::tabulated_log_parts<Arch>({sum_, batch(0.0)});
        const auto joined = math::two_sum(max_, log.high);
        const batch result = joined.high + math::opaque(joined.low + log.low);
        // Below 1 there was no maximum. By the bits, as -ffast-math assumes that there is no NaN.
        const auto is_known = (xsimd::bitwise_cast<std::uint64_t>(sum_) - bits(bits_of(1.0))) <
                              bits(bits_of(std::numeric_limits<double>::infinity()) - bits_of(1.0));
        return xsimd::bitwise_cast<double>(xsimd::select(is_known, xsimd::bitwise_cast<std::uint64_t>(result),
                                                         bits(bits_of(std::numeric_limits<double>::quiet_NaN()))));
    }

private:
    batch max_;
    batch sum_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
