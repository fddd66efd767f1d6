// SPDX-License-Identifier: MIT
#pragma once

#include <summit/geometry.hpp>
#include <summit/instruction_set.hpp>
#include <summit/shape.hpp>

#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>

namespace summit::inline version0 {

inline namespace SUMMIT_INSTRUCTION_SET {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_no_data(const index_list& shape) {
    throw_invalid_argument("view", "data", "a null pointer cannot hold shape " + to_string(shape));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_other_rank(const index_list& shape,
                                                                    const index_list& strides) {
    throw_invalid_argument("view", "strides",
                           to_string(strides) + " does not have one stride for each dimension of shape " +
                               to_string(shape));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_other_number_of_indices(std::size_t count, std::size_t rank) {
    throw_invalid_argument("view", "indices", std::to_string(count) + " indices for rank " + std::to_string(rank));
}

/// Every offset between two elements must fit, or the address arithmetic of a kernel would overflow.
inline void check_reach(const index_list& shape, const index_list& strides, std::ptrdiff_t most_elements) {
    std::ptrdiff_t left = most_elements;
    for (std::size_t i = 0; i != shape.size(); ++i) {
        std::ptrdiff_t reach = 0;
        if (__builtin_mul_overflow(shape[i] - 1, strides[i], &reach) || reach < -left || reach > left)
            throw_length_error("view", "strides",
                               "an element of shape " + to_string(shape) + " with strides " + to_string(strides) +
                                   " lies beyond std::ptrdiff_t");
        left -= reach < 0 ? -reach : reach;
    }
}

} // namespace SUMMIT_INSTRUCTION_SET

/// N-d data that somebody else owns: a pointer, a shape, and strides in elements, of any sign, 0 for broadcast.
/// Copying a view copies no element; the elements must outlive it. T may be const.
template <class T>
class view {
public:
    using value_type = std::remove_const_t<T>;

    /// shape    as given; strides default to row-major
    /// throws   std::invalid_argument: a negative extent, shape and strides of different length, no data for a shape with
    ///          elements; std::length_error: a size or an offset beyond std::ptrdiff_t
    [[gnu::always_inline]] view(T* data, const index_list& shape)
        : data_(data), shape_(shape), strides_(row_major_strides(shape)), size_(element_count("view", shape)) {
        check_data();
        // One element after the other: their number is their reach.
        if (size_ > most_elements) check_reach(shape_, strides_, most_elements);
    }

    [[gnu::always_inline]] view(T* data, const index_list& shape, const index_list& strides)
        : data_(data), shape_(shape), strides_(strides), size_(element_count("view", shape)) {
        if (shape.size() != strides.size()) throw_other_rank(shape, strides);
        check_data();
        if (size_ != 0) check_reach(shape_, strides_, most_elements);
    }

    [[gnu::always_inline]] view(const view&) noexcept = default;
    [[gnu::always_inline]] view& operator=(const view&) noexcept = default;
    ~view() = default;

    /// A view of const elements from one of mutable elements.
    template <class U>
        requires(std::same_as<const U, T>)
    [[gnu::always_inline]] view(const view<U>& other)
        : data_(other.data()), shape_(other.shape()), strides_(other.strides()), size_(other.size()) {}

    [[nodiscard, gnu::always_inline]] T* data() const noexcept { return data_; }
    [[nodiscard, gnu::always_inline]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard, gnu::always_inline]] const index_list& strides() const noexcept { return strides_; }
    [[nodiscard, gnu::always_inline]] std::size_t rank() const noexcept { return shape_.size(); }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t size() const noexcept { return size_; }

    /// The element at one index per dimension.
    /// throws   std::invalid_argument: another number of indices than dimensions; std::out_of_range: an index outside its
    ///          extent
    template <index_like... Index>
    [[nodiscard, gnu::always_inline]] T& operator()(Index... indices) const {
        if (sizeof...(Index) != rank()) throw_other_number_of_indices(sizeof...(Index), rank());
        // All are checked before the first is multiplied: the strides of a view without elements may be anything.
        std::size_t dimension = 0;
        const std::ptrdiff_t index[] = {index_within(shape_, dimension++, indices)..., 0};
        std::ptrdiff_t offset = 0;
        for (std::size_t i = 0; i != sizeof...(Index); ++i) offset += index[i] * strides_[i];
        return data_[offset];
    }

    /// The only element, of a view of any rank that has exactly one.
    /// throws   std::invalid_argument: there are none or several
    [[nodiscard, gnu::always_inline]] T& item() const {
        if (size_ != 1) throw_not_one_element(shape_);
        return *data_;
    }

    /// Elements start, start + step, … of `axis`, up to but not including `stop`. A negative step walks down, and then
    /// stop may be −1; indices do not wrap around.
    /// throws   std::invalid_argument: no such axis, or a step of 0; std::out_of_range: an element outside the axis
    [[nodiscard, gnu::always_inline]] view slice(std::ptrdiff_t axis, std::ptrdiff_t start, std::ptrdiff_t stop,
                                                 std::ptrdiff_t step = 1) const {
        return view(sliced(all(), axis, start, stop, step), data_);
    }

    /// Everything at one index of `axis`; the axis goes.
    /// throws   std::invalid_argument: no such axis; std::out_of_range: the index is outside it
    [[nodiscard, gnu::always_inline]] view select(std::ptrdiff_t axis, std::ptrdiff_t index) const {
        return view(selected(all(), axis, index), data_);
    }

    /// The same elements with `axis` walked from its end.
    /// throws   std::invalid_argument: no such axis
    [[nodiscard, gnu::always_inline]] view reverse(std::ptrdiff_t axis) const {
        return view(reversed(all(), axis), data_);
    }

    /// The dimensions in reverse order.
    [[nodiscard, gnu::always_inline]] view transpose() const { return transpose(from_last_to_first(rank())); }

    /// Dimension i of the result is dimension order[i] of this view.
    /// throws   std::invalid_argument: `order` is not a permutation of the axes
    [[nodiscard, gnu::always_inline]] view transpose(const index_list& order) const {
        return view(transposed(all(), order), data_);
    }

    /// This view repeated to `shape` by NumPy's rule: dimensions of extent 1, and those missing in front, get stride 0.
    /// throws   std::invalid_argument: the shapes do not fit each other
    [[nodiscard, gnu::always_inline]] view broadcast(const index_list& shape) const {
        return view(data_, shape, broadcast_strides(all(), shape));
    }

private:
    /// A part of what starts at `data`.
    [[gnu::always_inline]] view(const geometry& part, T* data)
        : data_(data + part.start), shape_(part.shape), strides_(part.strides), size_(part.size) {}

    [[nodiscard, gnu::always_inline]] geometry all() const { return {shape_, strides_, size_, 0}; }

    [[gnu::always_inline]] void check_data() const {
        if (data_ == nullptr && size_ != 0) throw_no_data(shape_);
    }

    static constexpr std::ptrdiff_t most_elements =
        std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T));

    T* data_;
    index_list shape_;
    index_list strides_;
    std::ptrdiff_t size_;
};

} // namespace summit::inline version0
