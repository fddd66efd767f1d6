// SPDX-License-Identifier: MIT
#pragma once

#include "../cases.hpp"

namespace bench {

/// Rows that lie `stride` apart, of a matrix that is wider.
[[nodiscard]] inline problem padded_rows(problem x, std::ptrdiff_t stride) {
    std::ptrdiff_t rows = stride;
    for (std::size_t i = x.shape.size() - 1; i-- > 0; rows *= x.shape[i]) x.strides[i] = rows;
    x.name.insert(x.name.rfind('_'), "_of_" + std::to_string(stride));
    x.description.insert(x.description.find(')') + 1, " of rows of " + std::to_string(stride) + ",");
    return x;
}

/// Every way to lie in memory that a price is asked for: rows, columns, short rows, few rows and few columns, strides,
/// results in several pieces, one long row.
[[nodiscard]] inline std::vector<problem> layouts(element type) {
    return {
        contiguous(type, {1024, 1024}, {1}),
        contiguous(type, {1024, 1024}, {0}),
        transposed(contiguous(type, {1024, 1024}, {1})),
        contiguous(type, {64, 64}, {1}),
        contiguous(type, {64, 64}, {0}),
        contiguous(type, {1000000, 2}, {1}),
        contiguous(type, {1000000, 3}, {1}),
        contiguous(type, {1000000, 10}, {1}),
        contiguous(type, {300000, 20}, {1}),
        contiguous(type, {200000, 50}, {1}),
        contiguous(type, {14000, 71}, {1}),
        contiguous(type, {10000, 100}, {1}),
        contiguous(type, {3500, 300}, {1}),
        contiguous(type, {512, 50257}, {1}),
        contiguous(type, {16777216}, {0}),
        contiguous(type, {2, 500000}, {0}),
        contiguous(type, {8, 200000}, {0}),
        contiguous(type, {16, 65536}, {0}),
        every_second_column(contiguous(type, {1024, 2048}, {1})),
        every_second_column(contiguous(type, {100000, 40}, {1})),
        contiguous(type, {64, 128, 256}, {0, 2}),
        padded_rows(contiguous(type, {250, 8, 500}, {1, 2}), 512),
        contiguous(type, {40, 25, 1000}, {1}),
    };
}

} // namespace bench
