// SPDX-License-Identifier: MIT
#pragma once

#include <summit/summit.hpp>

#include "bits/corpus.hpp"
#include "bits/layouts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace threads {

/// Reductions large enough to be shared among threads: many rows, many columns, one row and few columns cut into parts,
/// several axes; plain results, results near 0, which are summed twice, and results with NaN and infinities in them.
inline std::vector<corpus::layout> large_layouts() {
    return {{{1024, 1024}, {1}},        {{1024, 1024}, {0}},     {{512, 5025}, {1}},           {{3000000}, {0}},
            {{400000, 2}, {2, 1}, {0}}, {{60000, 7}, {0}},       {{20000, 40}, {0}},           {{100000, 5}, {1}},
            {{5000, 70}, {1}},          {{64, 128, 64}, {0, 2}}, {{1024, 700}, {1400, 2}, {1}}};
}

inline constexpr corpus::kind kinds[] = {corpus::kind::uniform, corpus::kind::normalised, corpus::kind::special};

/// The elements of one case.
template <class T>
struct input {
    input(const corpus::layout& l, corpus::kind k) : axes(l.axes), elements(l.shape, l.strides) {
        corpus::fill(k, static_cast<std::uint64_t>(l.terms()), elements.all());
        name = summit::to_string(l.shape) + ", axes " + summit::to_string(summit::index_list(l.axes)) + ", " +
               corpus::names[static_cast<std::size_t>(k)];
    }

    /// A hash of the bits of its results.
    [[nodiscard]] std::uint64_t reduce() const {
        const auto y = summit::logsumexp(elements.view(), summit::axes(axes));
        return corpus::hash(std::span<const summit::result_t<T>>(y.begin(), y.end()));
    }

    std::vector<int> axes;
    corpus::storage<T> elements;
    std::string name;
};

/// Calls visit(input) for every case.
template <class T, class Visit>
void for_each_input(const Visit& visit) {
    for (const auto& l : large_layouts())
        for (corpus::kind k : kinds) visit(input<T>(l, k));
}

} // namespace threads
