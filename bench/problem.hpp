// SPDX-License-Identifier: MIT
#pragma once

#include "kinds.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {

enum class element { float32, float64, float16, bfloat16, int8, int32, complex64, complex128 };

[[nodiscard]] inline const char* name(element type) {
    constexpr const char* names[] = {"float", "double", "float16",       "bfloat16",
                                     "int8",  "int32",  "complex_float", "complex_double"};
    return names[static_cast<std::size_t>(type)];
}

[[nodiscard]] inline std::ptrdiff_t size_in_bytes(element type) {
    constexpr std::ptrdiff_t sizes[] = {4, 8, 2, 2, 1, 4, 8, 16};
    return sizes[static_cast<std::size_t>(type)];
}

[[nodiscard]] constexpr bool is_16_bit(element type) { return type == element::float16 || type == element::bfloat16; }
[[nodiscard]] constexpr bool is_complex(element type) {
    return type == element::complex64 || type == element::complex128;
}

/// Every real element here is a double, exactly; 16-bit types, whoever's, convert to float alone.
template <class T>
[[nodiscard]] double as_double(T x) {
    return static_cast<double>(static_cast<std::conditional_t<sizeof(T) == 2, float, T>>(x));
}

/// One reduction to time: a strided view of data of one kind, and the axes to reduce. Plain vectors,
/// so that a peer need not see Summit's headers, nor the xsimd that these include.
struct problem {
    std::string name;        // "1024x1024_axis1", what --benchmark_filter sees
    std::string description; // "(1024, 1024) axis 1", what the report shows
    element type = element::float32;
    std::vector<std::ptrdiff_t> shape;
    std::vector<std::ptrdiff_t> strides; // in elements
    std::vector<std::ptrdiff_t> axes;    // ascending, not negative
    kind holds = kind::friendly;
    const void* data = nullptr; // set when the problem is first timed

    template <class T>
    [[nodiscard]] const T* elements() const {
        return static_cast<const T*>(data);
    }
    [[nodiscard]] bool reduces(std::size_t dimension) const {
        return std::find(axes.begin(), axes.end(), static_cast<std::ptrdiff_t>(dimension)) != axes.end();
    }
    /// The number of elements reduced.
    [[nodiscard]] std::ptrdiff_t size() const {
        std::ptrdiff_t product = 1;
        for (std::ptrdiff_t extent : shape) product *= extent;
        return product;
    }
    /// The number of elements in memory from the first to the last of the view.
    [[nodiscard]] std::ptrdiff_t span() const {
        std::ptrdiff_t last = 0;
        for (std::size_t i = 0; i != shape.size(); ++i) last += (shape[i] - 1) * strides[i];
        return last + 1;
    }
    [[nodiscard]] bool row_major() const {
        std::ptrdiff_t stride = 1;
        for (std::size_t i = shape.size(); i-- != 0; stride *= shape[i])
            if (shape[i] != 1 && strides[i] != stride) return false;
        return true;
    }
};

/// One loop over elements that lie `stride` apart.
struct loop {
    std::ptrdiff_t extent = 1;
    std::ptrdiff_t stride = 0;
};

/// Every problem here comes down to one loop over the results and at most two over the elements of each.
struct loops {
    loop kept, outer, inner;

    explicit loops(const problem& x) {
        std::vector<loop> reduced;
        for (std::size_t i = 0; i != x.shape.size(); ++i) {
            const loop dimension{x.shape[i], x.strides[i]};
            if (dimension.extent == 1) continue;
            if (x.reduces(i))
                reduced.push_back(dimension);
            else
                kept = dimension; // no case keeps two
        }
        if (!reduced.empty()) inner = reduced.back();
        if (reduced.size() == 2) outer = reduced.front();
    }
};

} // namespace bench
