// SPDX-License-Identifier: MIT
#pragma once

#include <summit/shape.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace corpus {

struct layout {
    summit::index_list shape;
    summit::index_list strides;
    std::vector<int> axes;

    layout(const summit::index_list& extents, std::vector<int> which)
        : shape(extents), strides(summit::row_major_strides(extents)), axes(std::move(which)) {}
    layout(const summit::index_list& extents, const summit::index_list& steps, std::vector<int> which)
        : shape(extents), strides(steps), axes(std::move(which)) {}

    [[nodiscard]] std::ptrdiff_t terms() const {
        std::ptrdiff_t product = 1;
        for (int axis : axes) product *= shape[static_cast<std::size_t>(axis)];
        return product;
    }
};

/// Layouts that take every way through the kernels: all lengths up to two of the longest vectors and around the sizes of
/// tiles, blocks and parts.
inline std::vector<layout> every_layout() {
    std::vector<layout> all;
    for (std::ptrdiff_t n = 1; n <= 70; ++n)
        for (std::ptrdiff_t rows : {1, 5, 17}) all.push_back({{rows, n}, {1}});
    for (std::ptrdiff_t n = 1; n <= 33; ++n) all.push_back({{37, n}, {1}});
    for (std::ptrdiff_t n : {2, 3, 4, 7, 8, 9, 28, 31})
        for (std::ptrdiff_t rows : {261, 280}) all.push_back({{rows, n}, {1}});
    for (std::ptrdiff_t n : {40, 64, 71, 72}) {
        all.push_back({{280, n}, {1}});
        all.push_back({{45, n}, {n + 5, 1}, {1}});
    }
    for (std::ptrdiff_t n : {100, 257, 1000, 1024, 5000, 16384, 20000, 70000})
        for (std::ptrdiff_t rows : {1, 3}) all.push_back({{rows, n}, {1}});
    all.push_back({{37, 1000}, {1}});
    all.push_back({{300000}, {0}}); // cut into parts

    for (std::ptrdiff_t width = 1; width <= 40; ++width)
        for (std::ptrdiff_t rows : {3, 35, 70}) all.push_back({{rows, width}, {0}});
    for (std::ptrdiff_t width : {100, 255, 256, 257, 264, 272, 1000})
        for (std::ptrdiff_t rows : {2, 7, 40, 131}) all.push_back({{rows, width}, {0}});
    // Few columns of many rows: cut into parts.
    for (std::ptrdiff_t width : {2, 8, 17, 40}) all.push_back({{140000 / width, width}, {0}});
    all.push_back({{600, 260}, {0}});

    // Every second, reversed, transposed, repeated.
    for (std::ptrdiff_t n : {7, 31, 45, 300}) {
        for (std::ptrdiff_t m : {1, 3, 19, 40}) {
            all.push_back({{m, n}, {2 * n + 1, 2}, {1}});
            all.push_back({{m, n}, {3, 3 * m + 2}, {1}});
            all.push_back({{m, n}, {n, -1}, {1}});
            all.push_back({{m, n}, {-1, m}, {1}});
            all.push_back({{m, n}, {-1, -m}, {1}});
            all.push_back({{m, n}, {1, m}, {1}});
            all.push_back({{m, n}, {0, 1}, {1}});
            all.push_back({{m, n}, {1, 0}, {1}});
            all.push_back({{m, n, 3}, {0, 1, 0}, {1, 2}});
        }
    }
    all.push_back({{20000}, {3}, {0}});
    all.push_back({{3, 70000}, {1, 3}, {1}});

    // Several axes, next to each other or not.
    all.push_back({{6, 7, 40}, {0, 2}});
    all.push_back({{8, 20, 64}, {0, 2}});
    all.push_back({{8, 20, 500}, {10000, 1, 20}, {0, 2}});
    all.push_back({{5, 300, 4}, {0, 2}});
    all.push_back({{5, 300, 4}, {1}});
    all.push_back({{4, 5, 6, 7}, {1, 3}});
    all.push_back({{4, 5, 6, 7}, {0, 2}});
    all.push_back({{9, 3, 20, 2}, {1, 2}});
    all.push_back({{2, 17, 4200}, {9000, 18000, 1}, {0, 2}});
    all.push_back({{17, 30, 11}, {400, 13, 1}, {1, 2}});
    // Columns in runs too short for a vector.
    all.push_back({{100, 30, 3}, {120, 4, 1}, {0}});
    all.push_back({{100, 13, 3}, {200, 8, 2}, {0}});
    all.push_back({{9, 5, 100}, {600, 100, 1}, {0, 1}});

    all.push_back({{3, 4}, {}});
    all.push_back({{3, 0}, {1}});
    all.push_back({{}, {}});
    return all;
}

} // namespace corpus
