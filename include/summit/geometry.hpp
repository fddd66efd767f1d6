// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/shape.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// What view's members do, as functions that carry the instruction set in their names.
namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

[[nodiscard]] inline std::size_t checked_axis(std::string_view function, std::ptrdiff_t axis, std::size_t rank) {
    const auto count = static_cast<std::ptrdiff_t>(rank);
    if (axis < -count || axis >= count)
        throw_invalid_argument(std::string("view::").append(function), "axis",
                               "axis " + std::to_string(axis) + " is out of range for rank " + std::to_string(count));
    return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

/// `index`, which must lie within `dimension`.
template <index_like Index>
[[nodiscard]] std::ptrdiff_t index_within(const index_list& shape, std::size_t dimension, Index index) {
    if (std::cmp_less(index, 0) || std::cmp_greater_equal(index, shape[dimension]))
        throw_out_of_range("view", "index",
                           std::to_string(index) + " is outside dimension " + std::to_string(dimension) + " of shape " +
                               to_string(shape));
    return static_cast<std::ptrdiff_t>(index);
}

/// The geometry of a view, or of a part of one: where it starts, in elements from the whole's start.
struct geometry {
    index_list shape;
    index_list strides;
    std::ptrdiff_t size;
    std::ptrdiff_t start = 0;
};

/// What view::slice does to this geometry, and so below.
[[nodiscard]] inline geometry sliced(geometry of, std::ptrdiff_t axis, std::ptrdiff_t start, std::ptrdiff_t stop,
                                     std::ptrdiff_t step) {
    const std::size_t dimension = checked_axis("slice", axis, of.shape.size());
    if (step == 0) throw_invalid_argument("view::slice", "step", "0 does not move");
    const std::ptrdiff_t extent = of.shape[dimension];
    const bool down = step < 0;
    if (start < 0 || start > extent || stop < (down ? -1 : 0) || stop > extent || (down && start == extent))
        throw_out_of_range("view::slice", "start, stop",
                           std::to_string(start) + ", " + std::to_string(stop) + " leave axis " + std::to_string(axis) +
                               " of shape " + to_string(of.shape));
    const std::ptrdiff_t distance = down ? start - stop : stop - start;
    // Written without negating step, whose lowest value has no opposite.
    const std::ptrdiff_t count = distance <= 0 ? 0 : 1 + (down ? (1 - distance) / step : (distance - 1) / step);
    of.shape[dimension] = count;
    of.size = element_count("view::slice", of.shape);
    // Neither offsets nor strides of a view without elements need fit.
    if (of.size == 0) return of;
    of.start = start * of.strides[dimension];
    if (count > 1) of.strides[dimension] *= step;
    return of;
}

[[nodiscard]] inline geometry selected(const geometry& of, std::ptrdiff_t axis, std::ptrdiff_t index) {
    const std::size_t dropped = checked_axis("select", axis, of.shape.size());
    static_cast<void>(index_within(of.shape, dropped, index));
    geometry result{index_list(), index_list(), of.size / of.shape[dropped],
                    of.size == 0 ? 0 : index * of.strides[dropped]};
    for (std::size_t i = 0; i != of.shape.size(); ++i) {
        if (i == dropped) continue;
        result.shape.push_back(of.shape[i]);
        result.strides.push_back(of.strides[i]);
    }
    return result;
}

[[nodiscard]] inline geometry reversed(geometry of, std::ptrdiff_t axis) {
    const std::size_t dimension = checked_axis("reverse", axis, of.shape.size());
    if (of.size == 0) return of;
    of.start = (of.shape[dimension] - 1) * of.strides[dimension];
    // The stride of a single element is never used, and its lowest value has no opposite.
    if (of.shape[dimension] > 1) of.strides[dimension] = -of.strides[dimension];
    return of;
}

[[nodiscard]] inline geometry transposed(const geometry& of, const index_list& order) {
    geometry result = of;
    const std::size_t rank = of.shape.size();
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i != order.size(); ++i) {
        const std::size_t from = checked_axis("transpose", order[i], rank);
        seen |= std::uint32_t{1} << from;
        if (i == rank) break;
        result.shape[i] = of.shape[from];
        result.strides[i] = of.strides[from];
    }
    if (order.size() != rank || static_cast<std::size_t>(std::popcount(seen)) != rank)
        throw_invalid_argument("view::transpose", "order",
                               to_string(order) + " does not name each axis of rank " + std::to_string(rank) + " once");
    return result;
}

/// n − 1 … 0.
[[nodiscard]] inline index_list from_last_to_first(std::size_t n) {
    index_list order;
    while (n-- != 0) order.push_back(static_cast<std::ptrdiff_t>(n));
    return order;
}

/// The strides of a view of this geometry that is broadcast to `shape`.
[[nodiscard]] inline index_list broadcast_strides(const geometry& of, const index_list& shape) {
    index_list strides = shape;
    const std::size_t rank = of.shape.size();
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const bool in_front = i + rank < shape.size();
        const std::size_t from = in_front ? 0 : i + rank - shape.size();
        if (shape.size() < rank || (!in_front && of.shape[from] != 1 && of.shape[from] != shape[i]))
            throw_invalid_argument("view::broadcast", "shape",
                                   to_string(of.shape) + " does not broadcast to " + to_string(shape));
        strides[i] = in_front || of.shape[from] == 1 ? 0 : of.strides[from];
    }
    if (shape.empty() && rank != 0)
        throw_invalid_argument("view::broadcast", "shape", to_string(of.shape) + " does not broadcast to ()");
    return strides;
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
