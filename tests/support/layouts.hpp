// SPDX-License-Identifier: MIT
#pragma once

#include <summit/axes.hpp>
#include <summit/plan.hpp>
#include <summit/shape.hpp>

#include "support/random_source.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace support {

/// The lowest and the highest offset of a shape with strides, without extents of 0.
struct reach {
    std::ptrdiff_t lowest = 0;
    std::ptrdiff_t highest = 0;

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(highest - lowest + 1); }
};

[[nodiscard]] inline reach reach_of(const summit::index_list& shape, const summit::index_list& strides) {
    reach within;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const std::ptrdiff_t last = std::max<std::ptrdiff_t>(shape[i] - 1, 0) * strides[i];
        (last < 0 ? within.lowest : within.highest) += last;
    }
    return within;
}

/// A shape with strides and the axes to reduce; with a number for each of its results and for each of their terms.
struct layout {
    std::string name;
    summit::index_list shape;
    summit::index_list strides;
    summit::axis_set selected = 0;
    bool keepdims = false;

    [[nodiscard]] std::ptrdiff_t results() const { return product(false); }
    [[nodiscard]] std::ptrdiff_t terms() const { return product(true); }

    /// The axes by their names, some of them negative ones at random.
    [[nodiscard]] summit::axes which(random_source* random = nullptr) const {
        std::vector<int> names;
        const auto rank = static_cast<int>(shape.size());
        for (int i = 0; i != rank; ++i)
            if (is_reduced(static_cast<std::size_t>(i)))
                names.push_back(random != nullptr && random->one_in(3) ? i - rank : i);
        return names;
    }

    [[nodiscard]] std::ptrdiff_t offset(std::ptrdiff_t result, std::ptrdiff_t term) const {
        std::ptrdiff_t sum = 0;
        for (std::size_t i = shape.size(); i-- != 0;) {
            std::ptrdiff_t& number = is_reduced(i) ? term : result;
            sum += number % shape[i] * strides[i];
            number /= shape[i];
        }
        return sum;
    }

    [[nodiscard]] std::string text() const {
        std::string all =
            name + " shape " + summit::to_string(shape) + " strides " + summit::to_string(strides) + " axes (";
        for (std::size_t i = 0; i != shape.size(); ++i)
            if (is_reduced(i)) all += std::to_string(i) + ",";
        return all + ")";
    }

private:
    [[nodiscard]] bool is_reduced(std::size_t i) const { return (selected >> i & 1U) != 0; }
    [[nodiscard]] std::ptrdiff_t product(bool reduced) const {
        std::ptrdiff_t count = 1;
        for (std::size_t i = 0; i != shape.size(); ++i)
            if (is_reduced(i) == reduced) count *= shape[i];
        return count;
    }
};

/// Layouts whose terms lie nearer to each other than results do; results ≥ 1, terms ≥ 32. In pieces some have a few terms
/// more.
inline std::vector<layout> row_layouts(std::ptrdiff_t results, std::ptrdiff_t terms) {
    const std::ptrdiff_t sevenths = (terms + 6) / 7;
    const std::ptrdiff_t halves = (terms + 1) / 2;
    return {
        {"rows", {results, terms}, {terms + 3, 1}, 0b10},
        {"rows walked backwards", {terms, results}, {-1, -terms}, 0b01},
        {"every second element of rows", {results, terms}, {2 * terms + 5, 2}, 0b10},
        {"rows in short pieces", {results, sevenths, 7}, {9 * sevenths, 9, 1}, 0b110},
        {"rows in two long pieces", {2, results, halves}, {(halves + 1) * results, halves + 1, 1}, 0b101},
        {"rows of three loops", {sevenths, results, 7, 1}, {-27 * results, 27, 3, 5}, 0b1101},
    };
}

/// Layouts whose results lie nearer to each other than terms do; results ≥ 16 and not a multiple of 16. Some have a few
/// results more.
inline std::vector<layout> column_layouts(std::ptrdiff_t results, std::ptrdiff_t terms) {
    const std::ptrdiff_t whole = (results + 15) / 16 * 16;
    const std::ptrdiff_t thirds = (results + 2) / 3;
    const std::ptrdiff_t fifths = (terms + 4) / 5;
    return {
        {"columns, a multiple of 16", {terms, whole}, {whole, 1}, 0b01},
        {"columns", {terms, results}, {results, 1}, 0b01},
        {"columns walked backwards", {whole, terms}, {-1, -whole - 5}, 0b10},
        {"every second column", {terms, results}, {2 * results + 3, 2}, 0b01},
        {"columns in runs", {terms, thirds, 3}, {4 * thirds, 4, 1}, 0b001},
        {"columns of two loops", {fifths, 5, whole}, {6 * whole, whole, 1}, 0b011},
    };
}

/// Layouts of few terms; results ≥ 2, terms < 32.
inline std::vector<layout> short_layouts(std::ptrdiff_t results, std::ptrdiff_t terms) {
    return {
        {"short rows", {results, terms}, {terms, 1}, 0b10},
        {"short strided rows", {results, terms}, {3 * terms + 1, 3}, 0b10},
        {"short columns", {terms, results}, {results, 1}, 0b01},
    };
}

/// Layouts in which elements are terms more than once: along a stride of 0, reduced or kept, and in windows that overlap.
inline std::vector<layout> repeating_layouts(std::ptrdiff_t results, std::ptrdiff_t terms) {
    const std::ptrdiff_t halves = (results + 1) / 2;
    return {
        {"repeated rows", {results, 3, terms}, {terms, 0, 1}, 0b110},
        {"repeated strided rows", {3, results, terms}, {0, 2 * terms + 1, 2}, 0b101},
        {"repeated columns", {terms, 3, results}, {results, 0, 1}, 0b011},
        {"repeated every second column", {3, terms, results}, {0, 2 * results, 2}, 0b011},
        {"rows broadcast to results", {halves, 2, terms}, {terms, 0, 1}, 0b100},
        {"columns broadcast to results", {2, terms, halves}, {0, halves, 1}, 0b010},
        {"one row for all results", {results, terms}, {0, 1}, 0b10},
        {"windows", {results, terms}, {1, 1}, 0b10},
        {"windows two apart", {results, terms}, {2, 1}, 0b10},
        {"windows of every second element", {terms, results}, {-2, -1}, 0b01},
    };
}

/// Every layout above for any number of results and terms.
inline std::vector<layout> every_layout(std::ptrdiff_t results, std::ptrdiff_t terms) {
    std::vector<layout> all;
    for (const auto& some : {row_layouts(results, terms), column_layouts(results, terms), short_layouts(results, terms),
                             repeating_layouts(results, terms)})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

} // namespace support
