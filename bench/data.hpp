// SPDX-License-Identifier: MIT
#pragma once

#include "problem.hpp"

#include <summit/dtype.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <new>
#include <vector>

namespace bench {

/// Uniform elements in [−10, 10), of which every problem of a type reads the first ones: all implementations of a row
/// read the same memory, and the rows of a run the same numbers.
template <class T>
class uniform_elements {
public:
    /// The first `count` of them. Earlier answers stay valid until `count` exceeds `most`, the largest ever asked for.
    const T* first(std::ptrdiff_t count, std::ptrdiff_t most) {
        if (data_ == nullptr) data_ = static_cast<T*>(::operator new(static_cast<std::size_t>(most) * sizeof(T), page));
        for (; filled_ < count; ++filled_) data_[filled_] = static_cast<T>(next());
        return data_;
    }

private:
    /// Vigna's splitmix64, in full: the same numbers from every standard library, and a second for 2²⁸ of them.
    double next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        z ^= z >> 31;
        return static_cast<double>(z >> 11) * (20 * 0x1p-53) - 10;
    }

    static constexpr std::align_val_t page{4096};
    T* data_ = nullptr; // kept to the end of the program
    std::ptrdiff_t filled_ = 0;
    std::uint64_t state_ = 20260101;
};

/// Elements for a problem of `type` that spans `count`; `most` is the same in every call for one type.
[[nodiscard]] inline const void* uniform_data(element type, std::ptrdiff_t count, std::ptrdiff_t most) {
    static uniform_elements<float> floats;
    static uniform_elements<double> doubles;
    static uniform_elements<summit::float16> halves;
    static uniform_elements<summit::bfloat16> brains;
    switch (type) {
    case element::float32:
        return floats.first(count, most);
    case element::float64:
        return doubles.first(count, most);
    case element::float16:
        return halves.first(count, most);
    case element::bfloat16:
        return brains.first(count, most);
    }
    return nullptr;
}

/// The rows of a problem of floats, each less its log Σ exp as log-softmax would take it off: in double, rounded once.
[[nodiscard]] inline const void* normalised_data(const problem& x, const float* uniform) {
    static std::deque<std::vector<float>> all; // kept to the end of the program
    std::vector<float>& rows = all.emplace_back(uniform, uniform + x.span());
    const std::ptrdiff_t extent = x.shape.back();
    for (auto row = rows.begin(); row != rows.end(); row += extent) {
        double sum = 0;
        std::for_each(row, row + extent, [&](float element) { sum += std::exp(double{element}); });
        const double log = std::log(sum);
        std::transform(row, row + extent, row, [&](float element) { return static_cast<float>(element - log); });
    }
    return rows.data();
}

/// The elements of a problem of floats, each less 1000.
[[nodiscard]] inline const void* far_data(const problem& x, const float* uniform) {
    static std::deque<std::vector<float>> all; // kept to the end of the program
    std::vector<float>& far = all.emplace_back(uniform, uniform + x.span());
    for (float& element : far) element -= 1000.0F;
    return far.data();
}

/// Calls `f` with the problem's elements as a pointer to their own type.
template <class F>
decltype(auto) with_elements(const problem& x, F f) {
    switch (x.type) {
    case element::float64:
        return f(x.elements<double>());
    case element::float16:
        return f(x.elements<summit::float16>());
    case element::bfloat16:
        return f(x.elements<summit::bfloat16>());
    default:
        return f(x.elements<float>());
    }
}

} // namespace bench
