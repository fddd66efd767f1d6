// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/split_exp.hpp>
#include <summit/math/split_log.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/math/widen.hpp>
#include <summit/op/reference.hpp>
#include <summit/op/relation.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

struct split_sum_rule {
    using type = float;
    /// The sum is 2^−50 at least; and the maximum may be 120 above the guess.
    static constexpr reference_rule<float> reference = {
        .near_zero = 16.0f, .farthest = 0x1p17f, .lead = 50.0f, .reach = 120.0f};
    static constexpr float smallest = 0x1p-80f;
    static constexpr float largest = 0x1p126f;
    /// Beyond, arguments below split_exp's lowest might count, or one of the terms might have overflowed.
    static constexpr float most = 56.0f;
};

/// Σ exp(x) of few floats as a float and what it lacks, one result to a lane: nearly as good as in double, in half of the
/// instructions. IsRelative: relative to 2^k, with k chosen from some of the terms; otherwise relative to nothing, which is
/// right, to the same bits, where fits() says so.
template <class Arch, bool IsRelative = false>
class split_sum {
    using batch = xsimd::batch<float, Arch>;

public:
    static constexpr bool is_relative = IsRelative;
    static constexpr auto reference = split_sum_rule::reference;
    static constexpr auto most = split_sum_rule::most;

    static constexpr float unknown = unknown_log<float>;

    /// Of two terms. `guess` is the largest of these and of others. Where it is that of all, `extreme` is its magnitude, otherwise
    /// the largest of their magnitudes: data may be so wide that it is by chance that the largest is near 0. `maxima` are those of
    /// all terms, where they are known because the guess was not good.
    [[gnu::always_inline]] split_sum(const batch& a, const batch& b, const batch& guess, const batch& extreme,
                                     const batch* maxima = nullptr) noexcept
        : outside_(extreme > batch(reference.near_zero)), relation_(outside_, guess, maxima) {
        const auto first = exp(a);
        const auto second = exp(b);
        high_ = first.power;
        lack_ = add_power(second.power);
        rest_ = xsimd::fma(second.power, second.rest, math::rounded_product(first.power, first.rest));
    }

    [[gnu::always_inline]] void add(const batch& x) noexcept {
        if constexpr (IsRelative) relation_.largest = math::ordered_max(x, relation_.largest);
        const auto term = exp(x);
        lack_ = lack_ + add_power(term.power);
        rest_ = xsimd::fma(term.power, term.rest, rest_);
    }

    [[gnu::always_inline]] void add(const batch& a, const batch& b) noexcept {
        add(a);
        add(b);
    }

    /// Whether k is 0 in every lane.
    [[nodiscard, gnu::always_inline]] bool fits() const noexcept { return !xsimd::any(outside_); }

    /// The maxima of all terms; only of a relative sum.
    [[nodiscard, gnu::always_inline]] const batch& maxima() const noexcept requires IsRelative {
        return relation_.largest;
    }

    /// The magnitude of a term, for `extreme`.
    [[nodiscard, gnu::always_inline]] static batch magnitude(const batch& x) noexcept { return reference_magnitude(x); }

    /// Relative to nothing: anything where a sum is out of range or has a NaN, of which `most` tells. Of a relative sum: unknown where
    /// it is out of range, NaN where one of the terms is. `all_known` says whether sums relative to nothing do, but for k.
    [[nodiscard, gnu::always_inline]] batch log(bool& all_known) const noexcept {
        const auto log = math::split_log(high_, math::rounded_sum(rest_, lack_));
        const batch plain = math::rounded_sum(log.head, log.rest);
        if constexpr (IsRelative)
            return relation_.settled(
                plain, high_, [&](const batch& exponent) { return absolute(log, exponent); }, all_known);
        else
            return relation_.settled(plain, all_known);
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
    // What only relative sums know is no member of others: g++ keeps larger ones in memory, not in registers.
    using relation_type = std::conditional_t<IsRelative, relation<split_sum_rule, math::relative_split_exp<Arch>, Arch>,
                                             no_relation<split_sum_rule, Arch>>;

    [[nodiscard, gnu::always_inline]] math::split_exponential<Arch> exp(const batch& x) const noexcept {
        if constexpr (IsRelative)
            return relation_.exp(x);
        else
            return math::split_exp(x);
    }

    /// The log and k ln 2, stretched as it is. In double: beside k ln 2 the log may have no digits to lose, and k none to spare.
    [[nodiscard]] static batch absolute(const math::split_logarithm<Arch>& log, const batch& exponent) noexcept {
        using wide = xsimd::batch<double, Arch>;
        const auto head = math::widen(log.head);
        const auto rest = math::widen(log.rest);
        const auto k = math::widen(exponent);
        const wide ln2(static_cast<double>(math::tabulated_exponential_constants::ln2));
        return math::narrow<Arch>({xsimd::fma(k[0], ln2, head[0]) + rest[0], xsimd::fma(k[1], ln2, head[1]) + rest[1]});
    }

    /// Returns what the sum lacks.
    [[nodiscard, gnu::always_inline]] batch add_power(const batch& power) noexcept {
        // The larger one first: what their sum lacks is then one difference (Dekker).
        const batch larger = xsimd::max(high_, power);
        const batch smaller = xsimd::min(high_, power);
        high_ = math::rounded_sum(larger, smaller);
        return math::rounded_difference(smaller, math::rounded_difference(high_, larger));
    }

    typename batch::batch_bool_type outside_; ///< where the largest of some terms is not near 0
    [[no_unique_address]] relation_type relation_;
    batch high_; ///< of the powers
    batch lack_; ///< of high_: apart from the rests, beside which it would be rounded
    batch rest_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
