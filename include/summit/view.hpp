// SPDX-License-Identifier: MIT
#pragma once

#include <summit/shape.hpp>

#include <bit>

namespace summit::inline version0 {

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
        if (size_ > most_elements) check_reach();
    }

    view(T* data, const index_list& shape, const index_list& strides)
        : data_(data), shape_(shape), strides_(strides), size_(element_count("view", shape)) {
        if (shape.size() != strides.size())
            throw_invalid_argument("view", "strides",
                                   to_string(strides) + " does not have one stride for each dimension of shape " +
                                       to_string(shape));
        check_data();
        if (size_ != 0) check_reach();
    }

    /// A view of const elements from one of mutable elements.
    template <class U>
        requires(std::same_as<const U, T>)
    view(const view<U>& other)
        : data_(other.data()), shape_(other.shape()), strides_(other.strides()), size_(other.size()) {}

    [[nodiscard]] T* data() const noexcept { return data_; }
    [[nodiscard]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard]] const index_list& strides() const noexcept { return strides_; }
    [[nodiscard]] std::size_t rank() const noexcept { return shape_.size(); }
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return size_; }

    /// The element at one index per dimension.
    /// throws   std::invalid_argument: another number of indices than dimensions; std::out_of_range: an index outside its
    ///          extent
    template <index_like... Index>
    [[nodiscard]] T& operator()(Index... indices) const {
        if (sizeof...(Index) != rank())
            throw_invalid_argument("view", "indices",
                                   std::to_string(sizeof...(Index)) + " indices for rank " + std::to_string(rank()));
        // All are checked before the first is multiplied: the strides of a view without elements may be anything.
        const std::array<std::ptrdiff_t, sizeof...(Index)> index = checked_indices(indices...);
        std::ptrdiff_t offset = 0;
        for (std::size_t i = 0; i != index.size(); ++i) offset += index[i] * strides_[i];
        return data_[offset];
    }

    /// The only element, of a view of any rank that has exactly one.
    /// throws   std::invalid_argument: there are none or several
    [[nodiscard]] T& item() const {
        if (size_ != 1) throw_not_one_element(shape_);
        return *data_;
    }

    /// Elements start, start + step, … of `axis`, up to but not including `stop`. A negative step walks down, and then
    /// stop may be −1; indices do not wrap around.
    /// throws   std::invalid_argument: no such axis, or a step of 0; std::out_of_range: an element outside the axis
    [[nodiscard]] view slice(std::ptrdiff_t axis, std::ptrdiff_t start, std::ptrdiff_t stop,
                             std::ptrdiff_t step = 1) const {
        const std::size_t dimension = checked_axis("slice", axis);
        if (step == 0) throw_invalid_argument("view::slice", "step", "0 does not move");
        const std::ptrdiff_t extent = shape_[dimension];
        const bool down = step < 0;
        if (start < 0 || start > extent || stop < (down ? -1 : 0) || stop > extent || (down && start == extent))
            throw_out_of_range("view::slice", "start, stop",
                               std::to_string(start) + ", " + std::to_string(stop) + " leave axis " +
                                   std::to_string(axis) + " of shape " + to_string(shape_));
        const std::ptrdiff_t distance = down ? start - stop : stop - start;
        // Written without negating step, whose lowest value has no opposite.
        const std::ptrdiff_t count = distance <= 0 ? 0 : 1 + (down ? (1 - distance) / step : (distance - 1) / step);
        view result = *this;
        result.shape_[dimension] = count;
        result.size_ = element_count("view::slice", result.shape_);
        // Neither offsets nor strides of a view without elements need fit.
        if (result.size_ == 0) return result;
        if (count > 1) result.strides_[dimension] *= step;
        result.data_ += start * strides_[dimension];
        return result;
    }

    /// Everything at one index of `axis`; the axis goes.
    /// throws   std::invalid_argument: no such axis; std::out_of_range: the index is outside it
    [[nodiscard]] view select(std::ptrdiff_t axis, std::ptrdiff_t index) const {
        const std::size_t dropped = checked_axis("select", axis);
        static_cast<void>(checked_index(dropped, index));
        index_list shape;
        index_list strides;
        for (std::size_t i = 0; i != rank(); ++i) {
            if (i == dropped) continue;
            shape.push_back(shape_[i]);
            strides.push_back(strides_[i]);
        }
        return view(size_ == 0 ? data_ : data_ + index * strides_[dropped], shape, strides);
    }

    /// The same elements with `axis` walked from its end.
    /// throws   std::invalid_argument: no such axis
    [[nodiscard]] view reverse(std::ptrdiff_t axis) const {
        const std::size_t dimension = checked_axis("reverse", axis);
        view result = *this;
        if (size_ == 0) return result;
        result.data_ += (shape_[dimension] - 1) * strides_[dimension];
        // The stride of a single element is never used, and its lowest value has no opposite.
        if (shape_[dimension] > 1) result.strides_[dimension] = -strides_[dimension];
        return result;
    }

    /// The dimensions in reverse order.
    [[nodiscard]] view transpose() const {
        index_list order;
        for (std::size_t i = rank(); i-- != 0;) order.push_back(static_cast<std::ptrdiff_t>(i));
        return transpose(order);
    }

    /// Dimension i of the result is dimension order[i] of this view.
    /// throws   std::invalid_argument: `order` is not a permutation of the axes
    [[nodiscard]] view transpose(const index_list& order) const {
        view result = *this;
        std::uint32_t seen = 0;
        for (std::size_t i = 0; i != order.size(); ++i) {
            const std::size_t from = checked_axis("transpose", order[i]);
            seen |= std::uint32_t{1} << from;
            if (i == rank()) break;
            result.shape_[i] = shape_[from];
            result.strides_[i] = strides_[from];
        }
        if (order.size() != rank() || static_cast<std::size_t>(std::popcount(seen)) != rank())
            throw_invalid_argument("view::transpose", "order",
                                   to_string(order) + " does not name each axis of rank " + std::to_string(rank()) +
                                       " once");
        return result;
    }

    /// This view repeated to `shape` by NumPy's rule: dimensions of extent 1, and those missing in front, get stride 0.
    /// throws   std::invalid_argument: the shapes do not fit each other
    [[nodiscard]] view broadcast(const index_list& shape) const {
        index_list strides = shape;
        for (std::size_t i = 0; i != shape.size(); ++i) {
            const bool in_front = i + rank() < shape.size();
            const std::size_t from = in_front ? 0 : i + rank() - shape.size();
            if (shape.size() < rank() || (!in_front && shape_[from] != 1 && shape_[from] != shape[i]))
                throw_invalid_argument("view::broadcast", "shape",
                                       to_string(shape_) + " does not broadcast to " + to_string(shape));
            strides[i] = in_front || shape_[from] == 1 ? 0 : strides_[from];
        }
        if (shape.empty() && rank() != 0)
            throw_invalid_argument("view::broadcast", "shape", to_string(shape_) + " does not broadcast to ()");
        return view(data_, shape, strides);
    }

private:
    [[nodiscard]] std::size_t checked_axis(std::string_view function, std::ptrdiff_t axis) const {
        const auto count = static_cast<std::ptrdiff_t>(rank());
        if (axis < -count || axis >= count)
            throw_invalid_argument(std::string("view::").append(function), "axis",
                                   "axis " + std::to_string(axis) + " is out of range for rank " +
                                       std::to_string(count));
        return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
    }

    template <index_like Index>
    [[nodiscard]] std::ptrdiff_t checked_index(std::size_t dimension, Index index) const {
        if (std::cmp_less(index, 0) || std::cmp_greater_equal(index, shape_[dimension]))
            throw_out_of_range("view", "index",
                               std::to_string(index) + " is outside dimension " + std::to_string(dimension) +
                                   " of shape " + to_string(shape_));
        return static_cast<std::ptrdiff_t>(index);
    }

    template <index_like... Index>
    [[nodiscard]] std::array<std::ptrdiff_t, sizeof...(Index)> checked_indices(Index... indices) const {
        std::size_t dimension = 0;
        return {checked_index(dimension++, indices)...};
    }

    void check_data() const {
        if (data_ == nullptr && size_ != 0) throw_no_data();
    }

    [[noreturn, gnu::cold, gnu::noinline]] void throw_no_data() const {
        throw_invalid_argument("view", "data", "a null pointer cannot hold shape " + to_string(shape_));
    }

    /// Every offset between two elements must fit, or the address arithmetic of a kernel would overflow.
    void check_reach() const {
        std::ptrdiff_t left = most_elements;
        for (std::size_t i = 0; i != rank(); ++i) {
            std::ptrdiff_t reach = 0;
            if (__builtin_mul_overflow(shape_[i] - 1, strides_[i], &reach) || reach < -left || reach > left)
                throw_too_far();
            left -= reach < 0 ? -reach : reach;
        }
    }

    [[noreturn, gnu::cold, gnu::noinline]] void throw_too_far() const {
        throw_length_error("view", "strides",
                           "an element of shape " + to_string(shape_) + " with strides " + to_string(strides_) +
                               " lies beyond std::ptrdiff_t");
    }

    static constexpr std::ptrdiff_t most_elements =
        std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T));

    T* data_;
    index_list shape_;
    index_list strides_;
    std::ptrdiff_t size_;
};

} // namespace summit::inline version0
