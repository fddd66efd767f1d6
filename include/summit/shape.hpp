// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/error.hpp>
#include <summit/instruction_set.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace summit::inline version0 {

/// The most dimensions a view may have; NumPy has 64. Shapes are stored in place, so that a call allocates nothing but its
/// result, and every plan, view and array has room for this many.
inline constexpr std::size_t max_rank = 16;

/// An integer in the sense of an index: bool is a truth value and a character a letter, not a number of elements.
template <class T>
concept index_like = std::integral<T> && sizeof(T) <= 8 && !std::same_as<std::remove_cv_t<T>, bool> &&
                     !character<std::remove_cv_t<T>>;

/// A range of such integers, by what std::begin and std::end see: std::vector<int>, std::array, a C array.
template <class R>
concept index_range = requires(const R& range) {
    std::begin(range) != std::end(range);
    requires index_like<std::remove_cvref_t<decltype(*std::begin(range))>>;
};

inline namespace SUMMIT_INSTRUCTION_SET {

/// `value` as the index type of every interface, or an error of `function` where it does not fit.
template <index_like Index>
constexpr std::ptrdiff_t checked_index(std::string_view function, std::string_view argument, Index value) {
    if (!std::in_range<std::ptrdiff_t>(value))
        throw_length_error(function, argument, std::to_string(value) + " does not fit std::ptrdiff_t");
    return static_cast<std::ptrdiff_t>(value);
}

// Messages are put together out of line, here and below: where nothing is wrong they would only be in the way.
[[noreturn, gnu::cold, gnu::noinline]] inline void
throw_too_many_dimensions(std::string_view function, std::string_view argument, std::size_t count) {
    throw_invalid_argument(function, argument,
                           std::to_string(count) + " dimensions are more than the " + std::to_string(max_rank) +
                               " that are supported");
}

/// A value among the braces of an index_list.
struct braced_index {
    template <index_like Index>
    constexpr braced_index(Index name) : value(checked_index("index_list", "values", name)) {}
    std::ptrdiff_t value;
};

} // namespace SUMMIT_INSTRUCTION_SET

/// A short list of indices held in place: the extents or the strides of a view.
class index_list {
public:
    /// Values past the size are neither set nor copied: to fill its lists would cost a small call as much as its sum.
    [[gnu::always_inline]] constexpr index_list() noexcept {
        // In a constant nothing may be left open.
        if (std::is_constant_evaluated())
            for (std::ptrdiff_t& value : values_) value = 0;
    }
    [[gnu::always_inline]] constexpr index_list(const index_list& other) noexcept : index_list() { *this = other; }
    // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): values that are assigned to themselves stay
    [[gnu::always_inline]] constexpr index_list& operator=(const index_list& other) noexcept {
        size_ = other.size_;
        for (std::size_t i = 0; i != size_; ++i) values_[i] = other.values_[i];
        return *this;
    }
    ~index_list() = default;

    /// Integers of any type, which need not be constants: {rows, columns} of std::size_t too.
    /// throws   std::length_error: a value beyond std::ptrdiff_t; std::invalid_argument: more than max_rank values
    [[gnu::always_inline]] constexpr index_list(std::initializer_list<braced_index> values) : index_list() {
        if (values.size() > max_rank) throw_too_many_dimensions("index_list", "values", values.size());
        for (braced_index each : values) values_[size_++] = each.value;
    }

    template <index_range R>
        requires(!std::same_as<std::remove_cvref_t<R>, index_list>)
    [[gnu::always_inline]] constexpr index_list(const R& values) : index_list() {
        std::size_t count = 0;
        for (auto value : values) {
            const std::ptrdiff_t checked = checked_index("index_list", "values", value);
            if (count++ < max_rank) values_[size_++] = checked;
        }
        if (count > max_rank) throw_too_many_dimensions("index_list", "values", count);
    }

    [[gnu::always_inline]] constexpr void push_back(std::ptrdiff_t value) {
        if (size_ == max_rank) throw_too_many_dimensions("index_list::push_back", "value", size_ + 1);
        values_[size_++] = value;
    }

    [[nodiscard, gnu::always_inline]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard, gnu::always_inline]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard, gnu::always_inline]] constexpr std::ptrdiff_t operator[](std::size_t i) const noexcept {
        return values_[i];
    }
    [[nodiscard, gnu::always_inline]] constexpr std::ptrdiff_t& operator[](std::size_t i) noexcept {
        return values_[i];
    }
    [[nodiscard, gnu::always_inline]] constexpr const std::ptrdiff_t* begin() const noexcept { return values_; }
    [[nodiscard, gnu::always_inline]] constexpr const std::ptrdiff_t* end() const noexcept { return values_ + size_; }

    [[gnu::always_inline]] friend constexpr bool operator==(const index_list& a, const index_list& b) noexcept {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i != a.size_; ++i)
            if (a[i] != b[i]) return false;
        return true;
    }

private:
    std::ptrdiff_t values_[max_rank]; // no std::array: its functions would be the same for files of any instruction set
    std::size_t size_ = 0;
};

inline namespace SUMMIT_INSTRUCTION_SET {

/// "(2, 3)", as NumPy and MLX print a shape.
inline std::string to_string(const index_list& list) {
    std::string text = "(";
    for (std::size_t i = 0; i != list.size(); ++i) {
        if (i != 0) text += ", ";
        text += std::to_string(list[i]);
    }
    text += list.size() == 1 ? ",)" : ")";
    return text;
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_negative_extent(std::string_view function,
                                                                         const index_list& shape) {
    std::size_t i = 0;
    while (shape[i] >= 0) ++i;
    throw_invalid_argument(function, "shape",
                           "extent " + std::to_string(shape[i]) + " of dimension " + std::to_string(i) +
                               " is negative in " + to_string(shape));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_too_many_elements(std::string_view function,
                                                                           const index_list& shape) {
    throw_length_error(function, "shape",
                       "the number of elements of " + to_string(shape) + " does not fit std::ptrdiff_t");
}

/// The number of elements of `shape`; a negative extent or a number beyond std::ptrdiff_t is an error of `function`.
inline std::ptrdiff_t element_count(std::string_view function, const index_list& shape) {
    std::ptrdiff_t count = 1;
    bool is_negative = false, is_empty = false, overflows = false;
    for (std::ptrdiff_t extent : shape) {
        is_negative |= extent < 0;
        is_empty |= extent == 0;
        overflows |= __builtin_mul_overflow(count, extent, &count);
    }
    if (is_negative) throw_negative_extent(function, shape);
    if (is_empty) return 0;
    if (overflows) throw_too_many_elements(function, shape);
    return count;
}

/// The strides of `shape` stored densely, last dimension fastest.
inline index_list row_major_strides(const index_list& shape) {
    index_list strides = shape;
    std::ptrdiff_t stride = 1;
    for (std::size_t i = shape.size(); i-- != 0;) {
        strides[i] = stride;
        // An empty extent makes every offset unreachable, and the product of the others may overflow.
        std::ptrdiff_t next = 0;
        if (shape[i] != 0 && !__builtin_mul_overflow(stride, shape[i], &next)) stride = next;
    }
    return strides;
}

[[noreturn]] inline void throw_not_one_element(const index_list& shape) {
    throw_invalid_argument("view", "item", "shape " + to_string(shape) + " does not hold exactly one element");
}

} // namespace SUMMIT_INSTRUCTION_SET

} // namespace summit::inline version0
