// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/exp.hpp>
#include <summit/math/exp_parts.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/simd/xsimd.hpp>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// max + log(Σ exp(x − max)), with what the sum lacks beside it: nothing is lost to the maximum's own 1.
struct exact_log_sum_exp {
    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    /// From this magnitude on the first sum is good to its last bit but one, and no finer promise is made near 0: this far from
    /// it only few digits would be gained.
    [[nodiscard]] static constexpr double least_certain(double) noexcept { return 2.0; }

    template <class Arch>
    class terms {
    public:
        explicit terms(const wide<Arch>& max) noexcept : minus_max_(-max) {}

        [[nodiscard]] wide<Arch> operator()(const wide<Arch>& x) const noexcept {
            const auto difference = math::two_sum(x, minus_max_);
            const auto term = math::exp(difference.high);
            // Of −inf − max the low part is NaN, and 0 · NaN must not become a term.
            const auto low = xsimd::select(difference.high > wide<Arch>(-1000.0), difference.low, wide<Arch>(0.0));
            return xsimd::fma(term, low, term);
        }

    private:
        wide<Arch> minus_max_;
    };

    template <class Arch>
    [[nodiscard]] static wide<Arch> finish(const wide<Arch>& max, const math::double_pair<Arch>& sum,
                                           const math::exact_count& repeats) noexcept {
        const auto whole = math::times(sum, repeats);
        const auto log = math::tabulated_log_parts(whole);
        const auto joined = math::two_sum(max, log.high);
        // A maximum that is alone is the result, also where it is −0.
        const auto is_alone = (whole.high == wide<Arch>(1.0)) & (whole.low == wide<Arch>(0.0));
        return xsimd::select(is_alone, max, joined.high + math::opaque(joined.low + log.low));
    }
};

/// log1p(Σ exp(x) − 1) in twice the digits, for sums so close to 1 that double itself rounds too much: normalised
/// log-probabilities, and a 0 beside far smaller numbers.
struct cancelling_log_sum_exp {
    template <class Arch>
    using wide = xsimd::batch<double, Arch>;

    /// By how much the log of a sum in double is wrong near 0 with all roundings bad at once. In units of 2^−53: 1.9 from
    /// tabulated_exp, 2 from the additions, 1 from the sum's rounding to one double, 2 from how often it counts: of that
    /// number and of the product.
    static constexpr double error = 6.9 * 0x1p-53;

    /// From this magnitude on half of a last bit is more than that. `epsilon` is the spacing of results after 1.
    [[nodiscard]] static constexpr double least_certain(double epsilon) noexcept {
        static_assert(error < 0x1p-50);
        return 0x1p-49 / epsilon;
    }

    /// A maximum this close to 0 is left out of the sum, where its 1 would cost the others their digits. It cannot
    /// stand there twice: the result would be log 2 or more, and is not near 0.
    static constexpr double tiny = 0x1p-40;

    template <class Arch>
    class terms {
    public:
        explicit terms(const wide<Arch>& max) noexcept
            : left_out_(xsimd::select(max > wide<Arch>(-tiny), max, wide<Arch>(1.0))) {}

        [[nodiscard]] math::double_pair<Arch> operator()(const wide<Arch>& x) const noexcept {
            const auto term = math::exp_parts(x);
            const auto is_left_out = x == left_out_;
            const wide<Arch> zero(0.0);
            return {xsimd::select(is_left_out, zero, term.high), xsimd::select(is_left_out, zero, term.low)};
        }

    private:
        wide<Arch> left_out_;
    };

    template <class Arch>
    [[nodiscard]] static wide<Arch> finish(const wide<Arch>& max, const math::double_pair<Arch>& sum,
                                           const math::exact_count& repeats) noexcept {
        const auto whole = math::times(sum, repeats);
        // exp(max) − 1 for a tiny maximum, −1 for the others.
        const auto is_tiny = max > wide<Arch>(-tiny);
        const auto first = math::two_sum(whole.high, xsimd::select(is_tiny, max, wide<Arch>(-1.0)));
        const auto square = xsimd::select(is_tiny, wide<Arch>(0.5) * max * max, wide<Arch>(0.0));
        const auto d = first.high + math::rounded_sum(first.low, math::rounded_sum(whole.low, square));
        const auto third = xsimd::fma(d, wide<Arch>(1.0 / 3.0), wide<Arch>(-0.5));
        // A maximum that is alone is the result, also where it is −0.
        return xsimd::select(whole.high == wide<Arch>(0.0), max, xsimd::fma(math::opaque(d * d), third, d));
    }
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
