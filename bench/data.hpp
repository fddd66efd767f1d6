// SPDX-License-Identifier: MIT
#pragma once

#include "fill.hpp"
#include "problem.hpp"

#include <summit/dtype.hpp>

#include <complex>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace bench {

/// Calls `f` with std::type_identity of the type that `type` names.
template <class F>
decltype(auto) with_type(element type, F f) {
    switch (type) {
    case element::float64:
        return f(std::type_identity<double>{});
    case element::float16:
        return f(std::type_identity<summit::float16>{});
    case element::bfloat16:
        return f(std::type_identity<summit::bfloat16>{});
    case element::int8:
        return f(std::type_identity<std::int8_t>{});
    case element::int32:
        return f(std::type_identity<std::int32_t>{});
    case element::complex64:
        return f(std::type_identity<std::complex<float>>{});
    case element::complex128:
        return f(std::type_identity<std::complex<double>>{});
    default:
        return f(std::type_identity<float>{});
    }
}

/// Calls `f` with the problem's elements as a pointer to their own type.
template <class F>
decltype(auto) with_elements(const problem& x, F f) {
    return with_type(x.type, [&](auto type) { return f(x.elements<typename decltype(type)::type>()); });
}

/// Memory from the start of a page on, kept to the end of the program.
template <class T>
[[nodiscard]] T* new_elements(std::ptrdiff_t count) {
    return static_cast<T*>(::operator new (static_cast<std::size_t>(count) * sizeof(T), std::align_val_t{4096}));
}

/// Friendly elements, of which every problem of a type reads the first ones: all implementations of a row read the same
/// memory, and the rows of a run the same numbers.
template <class T>
class friendly_elements {
public:
    /// The first `count` of them. Earlier answers stay valid until `count` exceeds `most`, the largest ever asked for.
    const T* first(std::ptrdiff_t count, std::ptrdiff_t most) {
        if (data_ == nullptr) data_ = new_elements<T>(most);
        for (; filled_ < count; ++filled_) data_[filled_] = friendly_element<T>(random_);
        return data_;
    }

private:
    T* data_ = nullptr;
    std::ptrdiff_t filled_ = 0;
    random_numbers random_;
};

/// Elements for a problem; `most` is the largest span of friendly ones, the same in every call for one type.
[[nodiscard]] inline const void* elements_for(const problem& x, std::ptrdiff_t most) {
    return with_type(x.type, [&](auto type) -> const void* {
        using T = typename decltype(type)::type;
        if (x.holds == kind::friendly) {
            static friendly_elements<T> friendly;
            return friendly.first(x.span(), most);
        }
        if constexpr (std::is_integral_v<T> || requires(T z) { z.imag(); }) {
            throw std::logic_error(std::string("no ") + name(x.type) + " of the kind " + describe(x.holds).name);
        } else {
            T* elements = new_elements<T>(x.span());
            fill(x.holds, x, elements);
            return elements;
        }
    });
}

} // namespace bench
