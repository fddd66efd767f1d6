// SPDX-License-Identifier: MIT
#pragma once

#include <summit/plan.hpp>
#include <summit/view.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace support {

/// A layout that takes one way through the kernels, with a number for each of its results and for each of their terms.
struct route {
    std::string name;
    summit::orientation lie;
    summit::index_list shape;
    summit::index_list strides;
    summit::axis_set selected;

    [[nodiscard]] std::ptrdiff_t results() const { return product(false); }
    [[nodiscard]] std::ptrdiff_t terms() const { return product(true); }

    [[nodiscard]] summit::axes which() const {
        std::vector<int> names;
        for (std::size_t i = 0; i != shape.size(); ++i)
            if (is_reduced(i)) names.push_back(static_cast<int>(i));
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

private:
    [[nodiscard]] bool is_reduced(std::size_t i) const { return (selected >> i & 1U) != 0; }
    [[nodiscard]] std::ptrdiff_t product(bool reduced) const {
        std::ptrdiff_t count = 1;
        for (std::size_t i = 0; i != shape.size(); ++i)
            if (is_reduced(i) == reduced) count *= shape[i];
        return count;
    }
};

/// Every way through the kernels whose vectors lie along the terms; results ≥ 1, terms ≥ 32.
inline std::vector<route> row_routes(std::ptrdiff_t results, std::ptrdiff_t terms) {
    using enum summit::orientation;
    const std::ptrdiff_t sevenths = (terms + 6) / 7;
    const std::ptrdiff_t halves = (terms + 1) / 2;
    return {
        {"rows in place", rows, {results, terms}, {terms + 3, 1}, 0b10},
        {"rows in place, walked backwards", rows, {terms, results}, {-1, -terms}, 0b01},
        {"rows packed", rows, {results, terms}, {2 * terms + 5, 2}, 0b10},
        {"rows of short runs, packed", rows, {results, sevenths, 7}, {9 * sevenths, 9, 1}, 0b110},
        {"rows of two long runs", rows, {2, results, halves}, {(halves + 1) * results, halves + 1, 1}, 0b101},
        {"rows of three loops", rows, {sevenths, results, 7, 1}, {-27 * results, 27, 3, 5}, 0b1101},
    };
}

/// Every way through the kernels whose vectors lie across the results; results ≥ 16 and not a multiple of 16.
inline std::vector<route> column_routes(std::ptrdiff_t results, std::ptrdiff_t terms) {
    using enum summit::orientation;
    const std::ptrdiff_t whole = (results + 15) / 16 * 16;
    const std::ptrdiff_t thirds = (results + 2) / 3;
    const std::ptrdiff_t fifths = (terms + 4) / 5;
    return {
        {"columns in place", columns, {terms, whole}, {whole, 1}, 0b01},
        {"columns in place, last tile ragged", columns, {terms, results}, {results, 1}, 0b01},
        {"columns walked backwards", columns, {whole, terms}, {-1, -whole - 5}, 0b10},
        {"columns packed", columns, {terms, results}, {2 * results + 3, 2}, 0b01},
        {"columns in runs", columns, {terms, thirds, 3}, {4 * thirds, 4, 1}, 0b001},
        {"columns of two loops", columns, {fifths, 5, whole}, {6 * whole, whole, 1}, 0b011},
    };
}

/// Rows too short to lie along; results ≥ 2, terms < 32.
inline std::vector<route> short_routes(std::ptrdiff_t results, std::ptrdiff_t terms) {
    using enum summit::orientation;
    return {
        {"short rows", columns, {results, terms}, {terms, 1}, 0b10},
        {"short strided rows", columns, {results, terms}, {3 * terms + 1, 3}, 0b10},
        {"short columns", columns, {terms, results}, {results, 1}, 0b01},
    };
}

} // namespace support
