// SPDX-License-Identifier: MIT
#pragma once

#include <summit/plan.hpp>
#include <summit/view.hpp>

#include "support/ulp.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace support {

template <class T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();

template <class T>
inline constexpr T quiet_nan = std::numeric_limits<T>::quiet_NaN();

/// The error promised: ulp of the true value for float, of max(|value|, 1) for double.
template <class T>
inline constexpr double promised_ulp = sizeof(T) == sizeof(float) ? 1.0 : 2.0;

/// What a reduction should return: one special value, or a number that `error` measures against.
template <class T>
struct expected {
    bool is_special = false;
    T special = T(0);
    long double value = 0.0L;

    /// In the unit of the promise; very large where a special value is missing or out of place.
    [[nodiscard]] double error(T got) const {
        if (is_special) return (is_nan(special) ? is_nan(got) : to_bits(got) == to_bits(special)) ? 0.0 : 1e30;
        // Beyond the largest number there are no ulp to count.
        if (std::abs(value) > static_cast<long double>(std::numeric_limits<T>::max()))
            return std::abs(got) == std::numeric_limits<T>::max() ? 0.0 : 1e30;
        if constexpr (sizeof(T) == sizeof(double)) {
            if (!is_finite(got)) return 1e30;
            if (std::abs(value) < 1.0L)
                return static_cast<double>(std::abs(static_cast<long double>(got) - value) /
                                           static_cast<long double>(std::numeric_limits<T>::epsilon()));
        }
        return ulp_error(got, value);
    }

    [[nodiscard]] bool accepts(T got) const { return error(got) <= promised_ulp<T>; }
};

/// log Σ exp(x), by its meaning: NaN, then +inf, then −inf; else Σ relative to one maximum, which is left out and
/// counted as log1p's 1, in chunks of long double.
template <class T>
[[nodiscard]] expected<T> log_sum_exp_of(const std::vector<T>& terms) {
    const auto special = [](T value) { return expected<T>{true, value, 0.0L}; };
    if (std::any_of(terms.begin(), terms.end(), [](T x) { return is_nan(x); })) return special(quiet_nan<T>);
    std::vector<T> finite;
    for (T x : terms) {
        if (to_bits(x) == infinity_bits<T>) return special(infinity<T>);
        if (is_finite(x)) finite.push_back(x);
    }
    if (finite.empty()) return special(-infinity<T>);

    const auto top = std::max_element(finite.begin(), finite.end());
    const long double max = static_cast<long double>(*top);
    long double rest = 0.0L;
    for (auto at = finite.begin(); at != finite.end();) {
        long double chunk = 0.0L;
        for (int i = 0; i != 64 && at != finite.end(); ++i, ++at)
            if (at != top) chunk += std::exp(static_cast<long double>(*at) - max);
        rest += chunk;
    }
    return {false, T(0), max + std::log1p(rest)};
}

/// Calls visit(element, result) for every element of a view in row-major order; `result` is the row-major number of the
/// result that the element is a term of.
template <class T, class Visit>
void for_each_element(const summit::view<T>& x, summit::axis_set selected, const Visit& visit) {
    if (x.size() == 0) return;
    std::vector<std::ptrdiff_t> index(x.rank(), 0);
    for (;;) {
        std::ptrdiff_t offset = 0;
        std::ptrdiff_t result = 0;
        for (std::size_t i = 0; i != x.rank(); ++i) {
            offset += index[i] * x.strides()[i];
            if ((selected >> i & 1U) == 0) result = result * x.shape()[i] + index[i];
        }
        visit(x.data()[offset], static_cast<std::size_t>(result));
        std::size_t dimension = x.rank();
        while (dimension != 0 && ++index[dimension - 1] == x.shape()[dimension - 1]) index[--dimension] = 0;
        if (dimension == 0) return;
    }
}

/// What logsumexp(x, which) should hold, in row-major order.
template <class T>
[[nodiscard]] std::vector<expected<T>> reference(const summit::view<const T>& x, const summit::axes& which) {
    const auto selected = summit::select_axes("reference", which, x.rank());
    const auto results = summit::element_count("reference", summit::without(x.shape(), selected));
    std::vector<std::vector<T>> terms(static_cast<std::size_t>(results));
    for_each_element(x, selected, [&](const T& element, std::size_t result) { terms[result].push_back(element); });
    std::vector<expected<T>> all;
    for (const auto& of_one : terms) all.push_back(log_sum_exp_of(of_one));
    return all;
}

/// The largest error of results in row-major order; very large if there are too few or too many.
template <class T, class Results>
[[nodiscard]] double worst_error(const std::vector<expected<T>>& wanted, const Results& got) {
    if (static_cast<std::size_t>(got.size()) != wanted.size()) return 1e30;
    double worst = 0.0;
    auto at = got.begin();
    for (const auto& one : wanted) worst = std::max(worst, one.error(*at++));
    return worst;
}

} // namespace support
