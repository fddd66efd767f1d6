// SPDX-License-Identifier: MIT
#pragma once

#include "problem.hpp"

namespace bench {

[[nodiscard]] inline std::string to_string(const std::vector<std::ptrdiff_t>& list, const char* separator) {
    std::string text;
    for (std::ptrdiff_t value : list) text += (text.empty() ? "" : separator) + std::to_string(value);
    return text;
}

/// A row-major view of `shape`, reduced over `axes`.
[[nodiscard]] inline problem contiguous(element type, const std::vector<std::ptrdiff_t>& shape,
                                        const std::vector<std::ptrdiff_t>& axes) {
    problem x;
    x.type = type;
    x.shape = shape;
    x.strides.assign(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) x.strides[i - 1] = x.strides[i] * shape[i];
    x.axes = axes;
    const bool all = axes.size() == shape.size();
    const std::string plural = axes.size() > 1 ? "axes" : "axis";
    x.name = to_string(shape, "x") + (all ? "_all" : "_" + plural + to_string(axes, ","));
    x.description = "(" + to_string(shape, ", ") + (shape.size() == 1 ? ",)" : ")") +
                    (all ? "" : " " + plural + " " + to_string(axes, ", "));
    return x;
}

[[nodiscard]] inline problem transposed(problem x) {
    std::swap(x.shape[0], x.shape[1]);
    std::swap(x.strides[0], x.strides[1]);
    x.name.insert(x.name.rfind('_'), "_transposed");
    x.description.insert(x.description.find(')') + 1, " transposed,");
    return x;
}

[[nodiscard]] inline problem every_second_column(problem x) {
    x.shape[1] /= 2;
    x.strides[1] *= 2;
    x.name.insert(x.name.rfind('_'), "_every_2nd_column");
    x.description = "every 2nd column of " + x.description;
    return x;
}

/// Of rows that log-softmax has made. Their results are what its rounding left: nothing but last bits of the elements.
[[nodiscard]] inline problem normalised(problem x) {
    x.normalised = true;
    x.name.insert(x.name.rfind('_'), "_normalised");
    x.description += ", normalised";
    return x;
}

/// Of log-likelihoods: so far from 0 that no sum of exponentials is in range without its maximum.
[[nodiscard]] inline problem far_from_0(problem x) {
    x.is_far = true;
    x.name.insert(x.name.rfind('_'), "_far");
    x.description += ", around −1000";
    return x;
}

/// The shapes of the table: one for each layout that a kernel must serve, and the sizes from L1 to far out of cache.
[[nodiscard]] inline std::vector<problem> table_cases() {
    using enum element;
    return {
        contiguous(float32, {16}, {0}),
        contiguous(float32, {1024}, {0}),
        contiguous(float32, {65536}, {0}),
        contiguous(float32, {16777216}, {0}),
        contiguous(float32, {1024, 1024}, {1}),
        contiguous(float32, {1024, 1024}, {0}),
        transposed(contiguous(float32, {1024, 1024}, {1})),
        contiguous(float32, {512, 50257}, {1}), // logits over the vocabulary of GPT-2
        contiguous(float32, {4096, 50257}, {1}),
        contiguous(float32, {1000000, 3}, {1}), // mixtures of few components
        contiguous(float32, {1000000, 10}, {1}),
        far_from_0(contiguous(float32, {1000000, 10}, {1})),
        contiguous(float32, {200000, 50}, {1}),
        contiguous(float32, {64, 128, 256}, {0, 2}),
        every_second_column(contiguous(float32, {1024, 2048}, {1})),
        normalised(contiguous(float32, {1024, 1024}, {1})),
        contiguous(float64, {1024, 1024}, {1}),
        contiguous(float64, {1024, 1024}, {0}),
        contiguous(float64, {1000000, 10}, {1}),
        contiguous(float16, {1024, 1024}, {1}),
        contiguous(bfloat16, {1024, 1024}, {1}),
        contiguous(bfloat16, {1000000, 10}, {1}),
    };
}

/// 1 to 2²⁶ floats, for the picture.
[[nodiscard]] inline std::vector<problem> length_sweep() {
    std::vector<problem> sweep;
    for (int power = 0; power <= 26; ++power) {
        sweep.push_back(contiguous(element::float32, {std::ptrdiff_t{1} << power}, {0}));
        sweep.back().name = "length_" + std::to_string(sweep.back().size());
    }
    return sweep;
}

} // namespace bench
