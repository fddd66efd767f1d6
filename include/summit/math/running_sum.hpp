// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// The sum of many non-negative terms in each lane, far more accurate than T itself.
///
/// float   four terms in float, as two pairs, then on to double: a term meets two roundings in float, however many there
///         are, and doubles throughout would cost twice the instructions
/// double  the rounding error of each addition is kept beside the sum
/// The lanes come out as doubles, in the order of the terms' lanes.
template <class T, class Arch>
class running_sum;

template <class Arch>
class running_sum<float, Arch> {
    using batch = xsimd::batch<float, Arch>;
    using wide = xsimd::batch<double, Arch>;

public:
    static constexpr std::size_t wide_count = 2;

    [[gnu::always_inline]] void add(const batch& term) noexcept {
        const auto halves = widen(term);
        total_[0] = total_[0] + halves[0];
        total_[1] = total_[1] + halves[1];
    }
    [[gnu::always_inline]] void add(const batch& a, const batch& b, const batch& c, const batch& d) noexcept {
        add(rounded_sum(a, b, c, d));
    }

    [[nodiscard]] double_pair<Arch> total(std::size_t part) const noexcept { return {total_[part], wide(0.0)}; }

private:
    std::array<wide, 2> total_;
};

template <class Arch>
class running_sum<double, Arch> {
    using batch = xsimd::batch<double, Arch>;

public:
    static constexpr std::size_t wide_count = 1;

    /// Terms on their way to the sum.
    using group = running_sum;

    [[gnu::always_inline]] void add(const group& terms) noexcept { add(terms.total()); }
    [[gnu::always_inline]] void add(const batch& term) noexcept {
        const auto next = two_sum(high_, term);
        high_ = next.high;
        low_ = low_ + next.low;
    }
    [[gnu::always_inline]] void add(const double_pair<Arch>& term) noexcept {
        add(term.high);
        low_ = low_ + term.low;
    }
    template <class... Terms>
        requires(sizeof...(Terms) > 1)
    [[gnu::always_inline]] void add(const Terms&... terms) noexcept { (add(terms), ...); }

    [[nodiscard]] double_pair<Arch> total(std::size_t = 0) const noexcept { return {high_, low_}; }

private:
    batch high_;
    batch low_;
};

/// As running_sum<double>, save that terms which come together meet as they round, two by two: a term meets two roundings
/// more, however many there are, and takes a third of the instructions.
template <class Arch>
class grouped_sum : public running_sum<double, Arch> {
    using batch = xsimd::batch<double, Arch>;
    using each = running_sum<double, Arch>;

public:
    // No using declaration: compilers differ on whether its template is hidden by the one here.
    [[gnu::always_inline]] void add(const batch& term) noexcept { each::add(term); }
    [[gnu::always_inline]] void add(const typename each::group& terms) noexcept { each::add(terms); }
    template <std::same_as<batch>... Terms>
        requires(sizeof...(Terms) > 1)
    [[gnu::always_inline]] void add(const Terms&... terms) noexcept { add(rounded_sum(terms...)); }
};

/// A sum in T as it rounds, for results with few digits.
template <class T, class Arch>
class plain_sum {
    using batch = xsimd::batch<T, Arch>;

public:
    [[gnu::always_inline]] void add(const batch& a) noexcept { total_ = total_ + a; }
    template <std::same_as<batch>... Terms>
        requires(sizeof...(Terms) > 1)
    [[gnu::always_inline]] void add(const Terms&... terms) noexcept { add(rounded_sum(terms...)); }
    [[nodiscard]] const batch& total() const noexcept { return total_; }

private:
    batch total_;
};

/// The lanes of a sum in the order of the terms' lanes.
template <class Arch>
inline void store(const running_sum<double, Arch>& sum, double* high, double* low) noexcept {
    sum.total().high.store_unaligned(high);
    sum.total().low.store_unaligned(low);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
