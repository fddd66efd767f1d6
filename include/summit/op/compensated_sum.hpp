// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/op/reference.hpp>
#include <summit/op/relation.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstddef>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

struct compensated_sum_rule {
    using type = double;
    static constexpr reference_rule<double> reference = {
        .near_zero = 200.0, .farthest = 0x1p30, .lead = 300.0, .reach = 800.0};
    static constexpr double smallest = 0x1p-500;
    static constexpr double largest = 0x1p937;
    static constexpr double most = 340.0;
};

/// Σ exp(x) of few doubles, one result to a lane, with the rounding errors of their additions kept beside it. IsRelative:
/// relative to 2^k, as split_sum is.
template <class Arch, bool IsRelative = false>
class compensated_sum {
    using batch = xsimd::batch<double, Arch>;

public:
    static constexpr bool is_relative = IsRelative;
    static constexpr auto reference = compensated_sum_rule::reference;
    static constexpr auto most = compensated_sum_rule::most;

    static constexpr double unknown = unknown_log<double>;

    /// Of two terms. `guess` is the largest of these and of others. Where it is that of all, `extreme` is its magnitude, otherwise
    /// the largest of their magnitudes: data may be so wide that it is by chance that the largest is near 0. `maxima` are those of
    /// all terms, where they are known because the guess was not good.
    [[gnu::always_inline]] compensated_sum(const batch& a, const batch& b, const batch& guess, const batch& extreme,
                                           const batch* maxima = nullptr) noexcept
        : outside_(extreme > batch(reference.near_zero)),
          relation_(outside_, guess, maxima),
          sum_(math::two_sum(exp(a), exp(b))) {}

    [[gnu::always_inline]] void add(const batch& x) noexcept {
        if constexpr (IsRelative) relation_.largest = math::ordered_max(x, relation_.largest);
        add_term(exp(x));
    }

    /// Two at once meet as they round: half of the instructions.
    [[gnu::always_inline]] void add(const batch& a, const batch& b) noexcept {
        if constexpr (IsRelative) relation_.largest = math::ordered_max(b, math::ordered_max(a, relation_.largest));
        add_term(math::rounded_sum(exp(a), exp(b)));
    }

    /// Whether k is 0 in every lane.
    [[nodiscard, gnu::always_inline]] bool fits() const noexcept { return !xsimd::any(outside_); }

    /// The maxima of all terms; only of a relative sum.
    [[nodiscard, gnu::always_inline]] const batch& maxima() const noexcept requires IsRelative {
        return relation_.largest;
    }

    // As of split_sum.

    [[nodiscard, gnu::always_inline]] static batch magnitude(const batch& x) noexcept { return reference_magnitude(x); }

    [[nodiscard, gnu::always_inline]] batch log(bool& all_known) const noexcept {
        const auto log = math::tabulated_log_parts(sum_);
        const batch plain = log.high + log.low;
        if constexpr (IsRelative)
            return relation_.settled(
                plain, sum_.high, [&](const batch& exponent) { return absolute(log, exponent); }, all_known);
        else
            return relation_.settled(plain, all_known);
    }

    /// Before its own rounding the log is wrong by no more than 2.9 · 2^−53: 1.9 from tabulated_exp, 1 from the sum of two.
    /// Nearer 0 that is more than half of a last bit, and such a result is better summed with its maximum known.
    [[nodiscard]] static double least_certain(std::ptrdiff_t /*terms*/, double /*epsilon*/) noexcept { return 2.0; }

private:
    // As of split_sum.
    using relation_type =
        std::conditional_t<IsRelative, relation<compensated_sum_rule, math::relative_tabulated_exp<double, Arch>, Arch>,
                           no_relation<compensated_sum_rule, Arch>>;

    [[nodiscard, gnu::always_inline]] batch exp(const batch& x) const noexcept {
        if constexpr (IsRelative)
            return relation_.exp(x);
        else
            return math::tabulated_exp(x);
    }

    [[nodiscard]] static batch absolute(const math::double_pair<Arch>& log, const batch& exponent) noexcept {
        constexpr double ln2 = 0x1.62e42fefa39efp-1, ln2_low = 0x1.abc9e3b39803fp-56;
        const auto head = math::two_product(exponent, batch(ln2));
        const auto joined = math::two_sum(head.high, log.high);
        const auto low = xsimd::fma(exponent, batch(ln2_low), math::rounded_sum(head.low, log.low));
        return joined.high + math::opaque(joined.low + low);
    }

    [[gnu::always_inline]] void add_term(const batch& term) noexcept {
        const auto next = math::two_sum(sum_.high, term);
        sum_ = {next.high, math::rounded_sum(sum_.low, next.low)};
    }

    typename batch::batch_bool_type outside_; ///< where the largest of some terms is not near 0
    [[no_unique_address]] relation_type relation_;
    math::double_pair<Arch> sum_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
