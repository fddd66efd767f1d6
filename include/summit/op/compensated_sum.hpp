// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/math/tabulated_log.hpp>
#include <summit/op/reference.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) of few doubles, one result to a lane, with the rounding errors of their additions kept beside it. IsRelative:
/// relative to 2^k, as split_sum is.
template <class Arch, bool IsRelative = false>
class compensated_sum {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;

public:
    static constexpr bool is_relative = IsRelative;

    /// Stands for the log of a sum that is not known: no log is so near 0.
    static constexpr double unknown = std::numeric_limits<double>::denorm_min();

    static constexpr reference_rule<double> reference = {
        .near_zero = 200.0, .farthest = 0x1p30, .lead = 300.0, .reach = 800.0};

    /// Relative to nothing, logs of this magnitude and more are of sums that may be out of range.
    static constexpr double most = 340.0;

    /// Of two terms. `guess` is the largest of these and of others. Where it is that of all, `extreme` is its magnitude, otherwise
    /// the largest of theirs: data may be so wide that it is by chance that some are near 0. `maxima` are those of all terms,
    /// where they are known because the guess was not good.
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

    /// Whether k is 0 in every lane, and no guess is −inf.
    [[nodiscard, gnu::always_inline]] bool fits() const noexcept { return !xsimd::any(outside_); }

    /// The maxima of all terms; only of a relative sum.
    [[nodiscard, gnu::always_inline]] const batch& maxima() const noexcept requires IsRelative {
        return relation_.largest;
    }

    /// The magnitude of a term, for `extreme`: relative to something, sums have no use for that of −inf.
    [[nodiscard, gnu::always_inline]] static batch magnitude(const batch& x) noexcept {
        if constexpr (!IsRelative) return xsimd::abs(x);
        return xsimd::select(x >= batch(std::numeric_limits<double>::lowest()), xsimd::abs(x), batch(0.0));
    }

    /// The log of a sum relative to nothing.
    [[nodiscard, gnu::always_inline]] batch log() const noexcept requires(!IsRelative) {
        const auto log = math::tabulated_log_parts(sum_);
        const batch plain = log.high + log.low;
        return plain;
    }

    /// That of a relative sum: unknown where it is out of range, and NaN where one of the terms is NaN. Says whether none of them is.
    [[nodiscard, gnu::always_inline]] batch log(bool& all_known) const noexcept requires IsRelative {
        const auto log = math::tabulated_log_parts(sum_);
        const batch plain = log.high + log.low;
        const auto is_plain = relation_.exponent == batch(0.0);
        // By the bits, as -ffast-math assumes that there is neither NaN nor infinity.
        const auto sum = xsimd::bitwise_cast<std::uint64_t>(sum_.high);
        // Of a NaN that is not the last term, only what was rounded away may tell.
        const auto is_number = (xsimd::bitwise_cast<std::uint64_t>(plain) & bits(~sign)) < bits(infinity);
        const auto is_known =
            xsimd::batch_bool_cast<double>(((sum - bits(smallest)) < bits(largest - smallest)) & is_number);
        batch result = plain;
        if (!xsimd::all(is_plain)) result = xsimd::select(is_plain, plain, absolute(log));
        if (xsimd::all(is_known)) return result;

        const auto is_nothing = xsimd::bitwise_cast<std::uint64_t>(relation_.largest) == bits(infinity | sign);
        const auto is_empty = xsimd::batch_bool_cast<double>(is_nothing & is_number);
        result = xsimd::select(is_known, result, xsimd::select(is_empty, relation_.largest, batch(unknown)));
        if (xsimd::all(is_known | is_empty)) return result;

        // A sum that cannot have overflowed is NaN because a term is.
        all_known = false;
        const auto magnitude = xsimd::bitwise_cast<std::uint64_t>(relation_.largest) & bits(~sign);
        const batch above = xsimd::fma(relation_.largest, batch(1.4426950408889634), -relation_.exponent);
        const auto is_nan =
            ~is_number & (is_nothing | ((magnitude < bits(infinity)) &
                                        xsimd::batch_bool_cast<std::uint64_t>(above < batch(reference.reach))));
        return xsimd::select(xsimd::batch_bool_cast<double>(is_nan), batch(not_a_number), result);
    }

    /// Before its own rounding the log is wrong by no more than 2.9 · 2^−53: 1.9 from tabulated_exp, 1 from the sum of two.
    /// Nearer 0 that is more than half of a last bit, and such a result is better summed with its maximum known.
    [[nodiscard]] static double least_certain(std::ptrdiff_t /*terms*/, double /*epsilon*/) noexcept { return 2.0; }

private:
    // What only relative sums know is no member of others: g++ keeps larger ones in memory, not in registers.
    struct no_relation {
        no_relation(const typename batch::batch_bool_type&, const batch&, const batch*) noexcept {}
    };
    struct relation {
        [[gnu::always_inline]] relation(const typename batch::batch_bool_type& is_outside, const batch& guess,
                                        const batch* maxima) noexcept
            : largest(guess),
              exponent(maxima == nullptr ? reference.exponent_where(is_outside, guess) : reference.exponent(*maxima)),
              exp(exponent) {}
        batch largest; ///< of all terms
        batch exponent;
        math::relative_tabulated_exp<double, Arch> exp;
    };

    [[nodiscard, gnu::always_inline]] batch exp(const batch& x) const noexcept {
        if constexpr (IsRelative)
            return relation_.exp(x);
        else
            return math::tabulated_exp(x);
    }

    static constexpr std::uint64_t infinity = std::uint64_t{0x7ff} << 52;
    static constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    static constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
    static constexpr auto smallest = std::bit_cast<std::uint64_t>(0x1p-500);
    static constexpr auto largest = std::bit_cast<std::uint64_t>(0x1p937);

    [[nodiscard]] batch absolute(const math::double_pair<Arch>& log) const noexcept {
        constexpr double ln2 = 0x1.62e42fefa39efp-1, ln2_low = 0x1.abc9e3b39803fp-56;
        const auto head = math::two_product(relation_.exponent, batch(ln2));
        const auto joined = math::two_sum(head.high, log.high);
        const auto low = xsimd::fma(relation_.exponent, batch(ln2_low), math::rounded_sum(head.low, log.low));
        return joined.high + math::opaque(joined.low + low);
    }

    [[gnu::always_inline]] void add_term(const batch& term) noexcept {
        const auto next = math::two_sum(sum_.high, term);
        sum_ = {next.high, math::rounded_sum(sum_.low, next.low)};
    }

    typename batch::batch_bool_type outside_; ///< where the largest of some terms is not near 0
    [[no_unique_address]] std::conditional_t<IsRelative, relation, no_relation> relation_;
    math::double_pair<Arch> sum_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
