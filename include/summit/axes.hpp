// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/shape.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <utility>

namespace summit::inline version0 {

inline namespace SUMMIT_INSTRUCTION_SET {

/// An axis among the braces of axes. Whether there is such an axis only a rank tells.
struct braced_axis {
    template <index_like Index>
    constexpr braced_axis(Index name) noexcept
        : value(std::in_range<std::ptrdiff_t>(name) ? static_cast<std::ptrdiff_t>(name)
                                                    : std::numeric_limits<std::ptrdiff_t>::max()) {}
    braced_axis(bool) = delete;
    template <character Letter>
    braced_axis(Letter) = delete;
    std::ptrdiff_t value;
};

} // namespace SUMMIT_INSTRUCTION_SET

/// Which dimensions to reduce, as the caller names them: an int, a braced list, any range of integers, or all_axes.
/// Negative axes count from the end. Nothing is checked here: only a rank tells which axes exist.
class axes {
public:
    [[gnu::always_inline]] constexpr axes(const axes&) noexcept = default;
    [[gnu::always_inline]] constexpr axes& operator=(const axes&) noexcept = default;
    ~axes() = default;

    template <index_like Index>
    [[gnu::always_inline]] constexpr axes(Index value) {
        names_.push_back(braced_axis(value).value);
    }

    /// A bool where an axis belongs is keepdims in the wrong place: it would silently mean axis 0 or 1.
    axes(bool) = delete;
    template <character Letter>
    axes(Letter) = delete;

    [[gnu::always_inline]] constexpr axes(std::initializer_list<braced_axis> values) {
        if (values.size() > max_rank) throw_too_many_dimensions("axes", "names", values.size());
        for (braced_axis value : values) names_.push_back(value.value);
    }

    template <index_range R>
    [[gnu::always_inline]] constexpr axes(const R& values) {
        std::size_t count = 0;
        for (auto value : values)
            if (count++ < max_rank) names_.push_back(braced_axis(value).value);
        if (count > max_rank) throw_too_many_dimensions("axes", "names", count);
    }

    [[nodiscard, gnu::always_inline]] static constexpr axes all() noexcept {
        axes every(std::initializer_list<braced_axis>{});
        every.all_ = true;
        return every;
    }

    [[nodiscard, gnu::always_inline]] constexpr bool is_all() const noexcept { return all_; }
    [[nodiscard, gnu::always_inline]] constexpr const index_list& names() const noexcept { return names_; }

private:
    index_list names_;
    bool all_ = false;
};

/// Reduce every dimension, whatever the rank.
inline constexpr axes all_axes = axes::all();

/// Whether reduced dimensions stay, with extent 1. An integer here is an axis outside its braces, and does not convert.
class keepdims_flag {
public:
    [[gnu::always_inline]] constexpr keepdims_flag(bool value) noexcept : value_(value) {}
    template <class T>
        requires(!std::same_as<T, bool> && !std::same_as<T, keepdims_flag>)
    keepdims_flag(T)
    = delete;

    [[nodiscard, gnu::always_inline]] constexpr operator bool() const noexcept { return value_; }

private:
    bool value_;
};

} // namespace summit::inline version0
