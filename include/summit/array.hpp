// SPDX-License-Identifier: MIT
#pragma once

#include <summit/shape.hpp>
#include <summit/view.hpp>

#include <algorithm>
#include <memory>

namespace summit::inline version0 {

/// N-d data that owns its elements, row-major and contiguous. A copy copies the elements.
template <class T>
class array {
public:
    using value_type = T;

    /// shape    as given, every element T{}
    /// throws   std::invalid_argument: a negative extent; std::length_error: a size beyond what an address can span;
    ///          std::bad_alloc
    explicit array(const index_list& shape) : array(shape, std::make_unique<T[]>(allocation(shape))) {}

    /// shape    as given, filled with `values` in row-major order
    /// throws   as above, and std::invalid_argument: another number of values than elements
    array(const index_list& shape, std::initializer_list<T> values) : array(uninitialised(shape)) {
        if (std::cmp_not_equal(values.size(), size_))
            throw_invalid_argument("array", "values",
                                   std::to_string(values.size()) + " values for shape " + to_string(shape));
        std::copy(values.begin(), values.end(), begin());
    }

    array(const array& other) : array(uninitialised(other.shape_)) { std::copy(other.begin(), other.end(), begin()); }

    array(array&& other) noexcept
        : elements_(std::move(other.elements_)),
          shape_(std::exchange(other.shape_, index_list{0})),
          size_(std::exchange(other.size_, 0)) {}

    array& operator=(array other) noexcept {
        std::swap(elements_, other.elements_);
        std::swap(shape_, other.shape_);
        std::swap(size_, other.size_);
        return *this;
    }

    ~array() = default;

    /// An array whose elements are yet to be written.
    [[nodiscard]] static array uninitialised(const index_list& shape) {
        return array(shape, std::make_unique_for_overwrite<T[]>(allocation(shape)));
    }

    [[nodiscard]] T* data() noexcept { return elements_.get(); }
    [[nodiscard]] const T* data() const noexcept { return elements_.get(); }
    [[nodiscard]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard]] index_list strides() const { return row_major_strides(shape_); }
    [[nodiscard]] std::size_t rank() const noexcept { return shape_.size(); }
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return size_; }

    [[nodiscard]] T* begin() noexcept { return data(); }
    [[nodiscard]] T* end() noexcept { return data() + size_; }
    [[nodiscard]] const T* begin() const noexcept { return data(); }
    [[nodiscard]] const T* end() const noexcept { return data() + size_; }

    /// The element at one index per dimension; throws as view's.
    template <index_like... I>
    [[nodiscard]] T& operator()(I... indices) {
        return view<T>(data(), shape_)(indices...);
    }

    template <index_like... I>
    [[nodiscard]] const T& operator()(I... indices) const {
        return view<const T>(data(), shape_)(indices...);
    }

    /// The only element, of an array of any rank that has exactly one.
    /// throws   std::invalid_argument: there are none or several
    [[nodiscard]] T item() const { return view<const T>(data(), shape_).item(); }

private:
    array(const index_list& shape, std::unique_ptr<T[]> elements)
        : elements_(std::move(elements)), shape_(shape), size_(element_count("array", shape)) {}

    static std::size_t allocation(const index_list& shape) {
        const std::ptrdiff_t count = element_count("array", shape);
        if (count > std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T)))
            throw_length_error("array", "shape", "the bytes of " + to_string(shape) + " do not fit std::ptrdiff_t");
        return static_cast<std::size_t>(count);
    }

    std::unique_ptr<T[]> elements_;
    index_list shape_;
    std::ptrdiff_t size_;
};

} // namespace summit::inline version0
