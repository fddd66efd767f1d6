// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/op/reference.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <limits>
#include <type_traits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

// What few terms are summed relative to, one result to a lane, and what the logs of such sums are worth. A Rule has
// `reference`, the choice of k; `smallest` and `largest`, between which sums are in range; and `most`, from which magnitude on
// the log of a sum relative to nothing may be that of one which is not. All is told by the bits, as -ffast-math assumes that
// there is neither NaN nor infinity.

/// Stands for the log of a sum that is not known: no log is so near 0.
template <class T>
inline constexpr T unknown_log = std::numeric_limits<T>::denorm_min();

/// The bits of one result to a lane.
template <class T, class Arch>
struct log_bits {
    using number = xsimd::as_unsigned_integer_t<T>;
    using batch = xsimd::batch<number, Arch>;

    static constexpr number magnitudes = std::numeric_limits<number>::max() >> 1;
    static constexpr number infinity = std::bit_cast<number>(std::numeric_limits<T>::infinity());

    [[nodiscard, gnu::always_inline]] static batch of(const xsimd::batch<T, Arch>& x) noexcept {
        return xsimd::bitwise_cast<number>(x);
    }
    [[nodiscard, gnu::always_inline]] static batch magnitude(const xsimd::batch<T, Arch>& x) noexcept {
        return of(x) & batch(magnitudes);
    }
};

/// Sums relative to nothing: k is 0 whatever the terms.
template <class Rule, class Arch>
struct no_relation {
    using T = typename Rule::type;
    using batch = xsimd::batch<T, Arch>;
    using bits = log_bits<T, Arch>;

    no_relation(const typename batch::batch_bool_type&, const batch&, const batch*) noexcept {}

    /// The logs as they are. Says whether all sums are in range.
    [[nodiscard, gnu::always_inline]] static const batch& settled(const batch& log, bool& all_known) noexcept {
        constexpr auto most = std::bit_cast<typename bits::number>(Rule::most);
        all_known &= xsimd::all(bits::magnitude(log) < typename bits::batch(most));
        return log;
    }
};

/// Sums relative to 2^k, of terms that an Exponential made from k makes.
template <class Rule, class Exponential, class Arch>
struct relation {
    using T = typename Rule::type;
    using batch = xsimd::batch<T, Arch>;
    using bits = log_bits<T, Arch>;

    /// Where `maxima` are known they are what k is chosen by; otherwise it is `guess`, the largest of some terms.
    [[gnu::always_inline]] relation(const typename batch::batch_bool_type& is_outside, const batch& guess,
                                    const batch* maxima) noexcept
        : largest(guess),
          exponent(maxima == nullptr ? Rule::reference.exponent_where(is_outside, guess)
                                     : Rule::reference.exponent(*maxima)),
          exp(exponent) {}

    /// The logs of sums whose logs are `plain` where k is 0, and absolute() elsewhere: unknown where a sum is out of range,
    /// NaN where one of its terms is. Says whether the sums relative to nothing would have done, but for k.
    template <class Absolute>
    [[nodiscard, gnu::always_inline]] batch settled(const batch& plain, const batch& sum, const Absolute& absolute,
                                                    bool& all_known) const noexcept {
        const auto is_plain = exponent == batch(T(0));
        batch log = plain;
        if (!xsimd::all(is_plain)) log = xsimd::select(is_plain, plain, absolute(exponent));
        const auto known = is_known(sum, plain);
        if (xsimd::all(known)) return log;
        // Nothing but −inf is common among masked elements.
        const auto empty = is_empty(plain, largest);
        if (xsimd::all(known | empty)) {
            all_known = false;
            return xsimd::select(known, log, largest);
        }
        return doubtful(log, plain, sum, largest, exponent, all_known);
    }

    batch largest; ///< of all terms, once they are added
    batch exponent;
    Exponential exp;

private:
    /// Of a NaN that is not the last term, only what was rounded away may tell.
    [[nodiscard, gnu::always_inline]] static auto is_number(const batch& plain) noexcept {
        return bits::magnitude(plain) < typename bits::batch(bits::infinity);
    }

    [[nodiscard, gnu::always_inline]] static auto is_known(const batch& sum, const batch& plain) noexcept {
        using number = typename bits::number;
        constexpr auto smallest = std::bit_cast<number>(Rule::smallest);
        constexpr auto largest = std::bit_cast<number>(Rule::largest);
        const auto above = bits::of(sum) - typename bits::batch(smallest);
        return xsimd::batch_bool_cast<T>((above < typename bits::batch(largest - smallest)) & is_number(plain));
    }

    [[nodiscard, gnu::always_inline]] static auto is_empty(const batch& plain, const batch& max) noexcept {
        const auto is_nothing = bits::of(max) == bits::of(batch(-std::numeric_limits<T>::infinity()));
        return xsimd::batch_bool_cast<T>(is_nothing & is_number(plain));
    }

    // Not inline, as it stands in many loops and is seldom called; by value, as what is pointed to would be kept in memory.
    [[nodiscard, gnu::noinline]] static batch doubtful(batch log, batch plain, batch sum, batch max, batch exponent,
                                                       bool& all_known) noexcept {
        const auto known = is_known(sum, plain);
        log = xsimd::select(known, log, xsimd::select(is_empty(plain, max), max, batch(unknown_log<T>)));

        // A sum that cannot have overflowed is NaN because a term is.
        const auto is_finite = bits::magnitude(max) < typename bits::batch(bits::infinity);
        const auto is_below = xsimd::fma(max, batch(T(0x1.71547652b82fep0)), -exponent) < batch(Rule::reference.reach);
        const auto is_nothing = bits::of(max) == bits::of(batch(-std::numeric_limits<T>::infinity()));
        const auto is_nan = xsimd::batch_bool_cast<T>(
            ~is_number(plain) & (is_nothing | (is_finite & xsimd::batch_bool_cast<typename bits::number>(is_below))));
        all_known &= xsimd::all(known | is_nan);
        return xsimd::select(is_nan, batch(std::numeric_limits<T>::quiet_NaN()), log);
    }
};

/// The magnitude of a term for the choice of k, which has no use for that of −inf.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
reference_magnitude(const xsimd::batch<T, Arch>& x) noexcept {
    using batch = xsimd::batch<T, Arch>;
    return xsimd::select(x >= batch(std::numeric_limits<T>::lowest()), xsimd::abs(x), batch(T(0)));
}

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
