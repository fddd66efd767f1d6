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
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Σ exp(x) of few floats as a float and what it lacks, one result to a lane: nearly as good as in double, in half of the
/// instructions. IsRelative: relative to 2^k, with k chosen from some of the terms; otherwise relative to nothing, which is
/// right, to the same bits, where fits() says so.
template <class Arch, bool IsRelative = false>
class split_sum {
    using batch = xsimd::batch<float, Arch>;
    using bits = xsimd::batch<std::uint32_t, Arch>;

public:
    static constexpr bool is_relative = IsRelative;

    /// Stands for the log of a sum that is not known: no log is so near 0.
    static constexpr float unknown = std::numeric_limits<float>::denorm_min();

    /// The sum is 2^−50 at least; and the maximum may be 120 above the guess.
    static constexpr reference_rule<float> reference = {
        .near_zero = 16.0f, .farthest = 0x1p17f, .lead = 50.0f, .reach = 120.0f};

    /// Relative to nothing, logs of this magnitude and more are of sums so small that arguments below split_exp's lowest might
    /// count, or so large that one of the terms might have overflowed.
    static constexpr float most = 56.0f;

    /// Of two terms. `guess` is the largest of these and of others. Where it is that of all, `extreme` is its magnitude, otherwise
    /// the largest of theirs: data may be so wide that it is by chance that some are near 0. `maxima` are those of all terms,
    /// where they are known because the guess was not good.
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

    /// Whether k is 0 in every lane, and no guess is −inf.
    [[nodiscard, gnu::always_inline]] bool fits() const noexcept { return !xsimd::any(outside_); }

    /// The maxima of all terms; only of a relative sum.
    [[nodiscard, gnu::always_inline]] const batch& maxima() const noexcept requires IsRelative {
        return relation_.largest;
    }

    /// The magnitude of a term, for `extreme`: relative to something, sums have no use for that of −inf.
    [[nodiscard, gnu::always_inline]] static batch magnitude(const batch& x) noexcept {
        if constexpr (!IsRelative) return xsimd::abs(x);
        return xsimd::select(x >= batch(std::numeric_limits<float>::lowest()), xsimd::abs(x), batch(0.0f));
    }

    /// The log of a sum relative to nothing.
    [[nodiscard, gnu::always_inline]] batch log() const noexcept requires(!IsRelative) {
        const auto log = math::split_log(high_, math::rounded_sum(rest_, lack_));
        const batch plain = math::rounded_sum(log.head, log.rest);
        return plain;
    }

    /// That of a relative sum: unknown where it is out of range, and NaN where one of the terms is NaN. Says whether none of them is.
    [[nodiscard, gnu::always_inline]] batch log(bool& all_known) const noexcept requires IsRelative {
        const auto log = math::split_log(high_, math::rounded_sum(rest_, lack_));
        const batch plain = math::rounded_sum(log.head, log.rest);
        const auto is_plain = relation_.exponent == batch(0.0f);
        batch result = plain;
        if (!xsimd::all(is_plain)) result = xsimd::select(is_plain, plain, absolute(log));
        if (xsimd::all(is_known(high_, plain))) return result;
        return unknown_logs(result, plain, high_, relation_.largest, relation_.exponent, all_known);
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
        math::relative_split_exp<Arch> exp;
    };

    [[nodiscard, gnu::always_inline]] math::split_exponential<Arch> exp(const batch& x) const noexcept {
        if constexpr (IsRelative)
            return relation_.exp(x);
        else
            return math::split_exp(x);
    }

    // By the bits, as -ffast-math assumes that there is neither NaN nor infinity.

    /// Of a NaN that is not the last term, only what was rounded away may tell.
    [[nodiscard, gnu::always_inline]] static auto is_number(const batch& plain_log) noexcept {
        return (xsimd::bitwise_cast<std::uint32_t>(plain_log) & bits(~sign)) < bits(infinity);
    }

    /// Whether a sum is in range.
    [[nodiscard, gnu::always_inline]] static auto is_known(const batch& sum, const batch& plain_log) noexcept {
        const auto above = xsimd::bitwise_cast<std::uint32_t>(sum) - bits(smallest);
        return xsimd::batch_bool_cast<float>((above < bits(largest - smallest)) & is_number(plain_log));
    }

    /// The logs where some of the sums are out of range. Not inline, as it stands in many loops and is seldom called; by value, as
    /// what is pointed to would be kept in memory.
    [[nodiscard, gnu::noinline]] static batch unknown_logs(batch log, batch plain_log, batch sum, batch max,
                                                           batch exponent, bool& all_known) noexcept {
        const auto known = is_known(sum, plain_log);
        const auto number = is_number(plain_log);
        const auto is_nothing = xsimd::bitwise_cast<std::uint32_t>(max) == bits(infinity | sign);
        const auto is_empty = xsimd::batch_bool_cast<float>(is_nothing & number);
        log = xsimd::select(known, log, xsimd::select(is_empty, max, batch(unknown)));
        if (xsimd::all(known | is_empty)) return log;

        // A sum that cannot have overflowed is NaN because a term is.
        all_known = false;
        const auto magnitude = xsimd::bitwise_cast<std::uint32_t>(max) & bits(~sign);
        const batch above = xsimd::fma(max, batch(1.4426950408889634f), -exponent);
        const auto is_nan =
            ~number & (is_nothing | ((magnitude < bits(infinity)) &
                                     xsimd::batch_bool_cast<std::uint32_t>(above < batch(reference.reach))));
        return xsimd::select(xsimd::batch_bool_cast<float>(is_nan), batch(not_a_number), log);
    }

    static constexpr std::uint32_t infinity = 0x7f800000U;
    static constexpr std::uint32_t sign = 0x80000000U;
    static constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
    static constexpr auto smallest = std::bit_cast<std::uint32_t>(0x1p-80f);
    static constexpr auto largest = std::bit_cast<std::uint32_t>(0x1p126f);

    /// The log and k ln 2, stretched as it is. In double: beside k ln 2 the log may have no digits to lose, and k none to spare.
    [[nodiscard]] batch absolute(const math::split_logarithm<Arch>& log) const noexcept {
        using wide = xsimd::batch<double, Arch>;
        const auto head = math::widen(log.head);
        const auto rest = math::widen(log.rest);
        const auto k = math::widen(relation_.exponent);
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
    [[no_unique_address]] std::conditional_t<IsRelative, relation, no_relation> relation_;
    batch high_; ///< of the powers
    batch lack_; ///< of high_: apart from the rests, beside which it would be rounded
    batch rest_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
