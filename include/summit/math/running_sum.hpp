// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/widen.hpp>

#include <xsimd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace summit::inline version0::math {

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

    void add(const batch& term) noexcept {
        const auto halves = widen(term);
        total_[0] = total_[0] + halves[0];
        total_[1] = total_[1] + halves[1];
    }
    void add(const batch& a, const batch& b, const batch& c, const batch& d) noexcept {
        add(opaque(opaque(a + b) + opaque(c + d)));
    }

    [[nodiscard]] double_pair<Arch> total(std::size_t part) const noexcept { return {total_[part], wide(0.0)}; }

private:
    std::array<wide, 2> total_{wide(0.0), wide(0.0)};
};

template <class Arch>
class running_sum<double, Arch> {
    using batch = xsimd::batch<double, Arch>;

public:
    static constexpr std::size_t wide_count = 1;

    void add(const batch& term) noexcept {
        const auto next = two_sum(high_, term);
        high_ = next.high;
        low_ = low_ + next.low;
    }
    void add(const double_pair<Arch>& term) noexcept {
        add(term.high);
        low_ = low_ + term.low;
    }
    template <class Term>
    void add(const Term& a, const Term& b, const Term& c, const Term& d) noexcept {
        add(a);
        add(b);
        add(c);
        add(d);
    }

    [[nodiscard]] double_pair<Arch> total(std::size_t) const noexcept { return {high_, low_}; }

private:
    batch high_{0.0};
    batch low_{0.0};
};

} // namespace summit::inline version0::math
