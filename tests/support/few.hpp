// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/ordered_max.hpp>
#include <summit/op/log_sum_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace support {

/// How few terms computed in T are added up.
template <class T, class Arch, bool IsRelative = false>
using sum_of_few = typename summit::op::log_sum_exp<T>::template sum_of_few<T, Arch, IsRelative>;

/// The logs of a batch of results of a few terms each, x[term][lane], added up by Sum in twos as the kernels do. Each is relative to
/// what Sum chooses for the larger of the first two, or, where all maxima are given, for those.
template <class Sum, class T, class Arch>
struct few_logs {
    using batch = xsimd::batch<T, Arch>;

    explicit few_logs(const std::vector<std::vector<T>>& x, std::size_t first = 0,
                      const std::vector<T>* maxima = nullptr)
        : log(batch::size), largest(batch::size) {
        const auto term = [&](std::size_t i) { return batch::load_unaligned(&x[i][first]); };
        const batch guess = summit::math::ordered_max(term(1), term(0));
        const batch known = maxima == nullptr ? guess : batch::load_unaligned(maxima->data());
        Sum sum(term(0), term(1), guess, Sum::magnitude(guess), maxima == nullptr ? nullptr : &known);
        std::size_t i = 2;
        for (; i + 2 <= x.size(); i += 2) sum.add(term(i), term(i + 1));
        if (i != x.size()) sum.add(term(i));
        fits = sum.fits();
        sum.log(fits).store_unaligned(log.data());
        if constexpr (Sum::is_relative) sum.maxima().store_unaligned(largest.data());
    }

    std::vector<T> log;
    std::vector<T> largest;
    bool fits;
};

/// The same of one row in every lane.
template <class Sum, class T, class Arch>
[[nodiscard]] few_logs<Sum, T, Arch> few_logs_of(const std::vector<T>& row, std::optional<T> maximum = {}) {
    constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
    std::vector<std::vector<T>> x;
    for (const T value : row) x.emplace_back(lanes, value);
    const std::vector<T> maxima(lanes, maximum.value_or(T(0)));
    return few_logs<Sum, T, Arch>(x, 0, maximum ? &maxima : nullptr);
}

} // namespace support
