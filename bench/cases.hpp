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
    x.name = to_string(shape, "x") + (axes.empty() ? "_none" : all ? "_all" : "_" + plural + to_string(axes, ","));
    x.description = "(" + to_string(shape, ", ") + (shape.size() == 1 ? ",)" : ")");
    if (axes.empty()) x.description += " over nothing";
    if (!axes.empty() && !all) x.description += " " + plural + " " + to_string(axes, ", ");
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

[[nodiscard]] inline problem of_kind(problem x, kind k) {
    x.holds = k;
    x.name = std::string("kind_") + describe(k).name + "_" + x.name;
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
        contiguous(float32, {200000, 50}, {1}),
        contiguous(float32, {8, 200000}, {0}),
        contiguous(float32, {64, 128, 256}, {0, 2}),
        every_second_column(contiguous(float32, {1024, 2048}, {1})),
        contiguous(float64, {1024, 1024}, {1}),
        contiguous(float64, {1024, 1024}, {0}),
        contiguous(float64, {1000000, 10}, {1}),
        contiguous(float16, {1024, 1024}, {1}),
        contiguous(bfloat16, {1024, 1024}, {1}),
        contiguous(bfloat16, {1000000, 10}, {1}),
        contiguous(int8, {1024, 1024}, {1}),
        contiguous(int32, {1024, 1024}, {1}),
        contiguous(int32, {1024, 1024}, {0}),
        contiguous(complex64, {1024, 1024}, {1}),
        contiguous(complex64, {1024, 1024}, {0}),
        contiguous(complex128, {1024, 1024}, {1}),
    };
}

/// What people's data hold beside friendly numbers, in some of the table's shapes: what they cost is a table of its own.
[[nodiscard]] inline std::vector<problem> kind_cases() {
    using enum element;
    std::vector<problem> cases;
    for (const problem& x : {
             contiguous(float32, {1024, 1024}, {1}),
             contiguous(float32, {1024, 1024}, {0}),
             contiguous(float32, {200000, 50}, {1}),
             contiguous(float32, {1000000, 10}, {1}),
             contiguous(float32, {1000000, 3}, {1}),
             contiguous(float32, {8, 200000}, {0}),
             contiguous(float64, {1024, 1024}, {1}),
             contiguous(float64, {1024, 1024}, {0}),
             contiguous(float64, {1000000, 10}, {1}),
             contiguous(float16, {1024, 1024}, {1}),
             contiguous(bfloat16, {1024, 1024}, {1}),
         })
        for (kind k : {kind::below_1000, kind::normal, kind::half, kind::normalised, kind::exact})
            cases.push_back(of_kind(x, k));
    return cases;
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
