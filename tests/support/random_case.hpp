// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/plan.hpp>
#include <summit/view.hpp>

#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/random_source.hpp"
#include "support/ulp.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace support {

/// The element of type T next to a finite `x`; beyond the largest one of an integer type, that one.
template <class T>
[[nodiscard]] T to_element(double x) {
    if constexpr (std::same_as<T, bool>) {
        return x > 0.0;
    } else if constexpr (std::integral<T>) {
        if (x >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
        if (x <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
        return static_cast<T>(std::nearbyint(x));
    } else {
        using format = binary_format<T>;
        // Conversions overflow to infinity, and infinity is for those who ask for it.
        const double largest =
            real::of(format::from(static_cast<typename format::bits>(format::infinity - 1))).to_double();
        return static_cast<T>(x > largest ? largest : x < -largest ? -largest : x);
    }
}

/// The bits of x in hexadecimal, and its value where a double holds it.
template <class T>
[[nodiscard]] std::string describe(T x) {
    char text[64];
    if constexpr (std::integral<T>)
        return std::to_string(x);
    else
        std::snprintf(text, sizeof text, "%a", real::of(x).to_double());
    if constexpr (!std::integral<T>) {
        using format = binary_format<T>;
        if (format::is_nan(x)) return "nan";
        if (format::is_infinite(x)) return format::is_negative(x) ? "-inf" : "inf";
    }
    return text;
}

/// Elements at any shape and strides in memory of exactly their span, from the heap: a sanitiser sees every access past
/// its ends.
template <class T>
class exact_span {
public:
    exact_span(const summit::index_list& shape, const summit::index_list& strides) : shape_(shape), strides_(strides) {
        const reach within = reach_of(shape, strides);
        const bool empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
        size_ = empty ? 0 : within.size();
        first_ = empty ? 0 : -within.lowest;
        elements_ = std::make_unique<T[]>(size_);
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] T* begin() { return elements_.get(); }
    [[nodiscard]] T* end() { return elements_.get() + size_; }
    [[nodiscard]] summit::view<T> elements() { return {elements_.get() + first_, shape_, strides_}; }
    [[nodiscard]] summit::view<const T> constant() { return elements(); }

private:
    summit::index_list shape_;
    summit::index_list strides_;
    std::size_t size_ = 0;
    std::ptrdiff_t first_ = 0;
    std::unique_ptr<T[]> elements_;
};

/// All of a container, as one row.
template <class T>
[[nodiscard]] summit::view<const T> as_row(const std::vector<T>& x) {
    return {x.data(), {static_cast<std::ptrdiff_t>(x.size())}};
}

/// Calls visit(index) for every index of a shape, in row-major order.
template <class Visit>
void for_each_index(const summit::index_list& shape, const Visit& visit) {
    for (std::ptrdiff_t extent : shape)
        if (extent == 0) return;
    summit::index_list index = shape;
    for (std::size_t i = 0; i != index.size(); ++i) index[i] = 0;
    for (;;) {
        visit(index);
        std::size_t dimension = shape.size();
        while (dimension != 0 && ++index[dimension - 1] == shape[dimension - 1]) index[--dimension] = 0;
        if (dimension == 0) return;
    }
}

[[nodiscard]] inline std::ptrdiff_t offset_of(const summit::index_list& index, const summit::index_list& strides) {
    std::ptrdiff_t offset = 0;
    for (std::size_t i = 0; i != index.size(); ++i) offset += index[i] * strides[i];
    return offset;
}

/// Whether two indices of a shape have one offset, by going through all of them.
[[nodiscard]] inline bool meets_itself(const summit::index_list& shape, const summit::index_list& strides) {
    std::vector<std::ptrdiff_t> offsets;
    for_each_index(shape, [&](const summit::index_list& index) { offsets.push_back(offset_of(index, strides)); });
    std::sort(offsets.begin(), offsets.end());
    return std::adjacent_find(offsets.begin(), offsets.end()) != offsets.end();
}

/// T, but for bool, of which std::vector makes something else: 0 and 1 then.
template <class T>
using listed = std::conditional_t<std::same_as<T, bool>, std::uint8_t, T>;

/// The terms of every result in row-major order of the results.
template <class T>
[[nodiscard]] std::vector<std::vector<listed<T>>> slices_of(const summit::view<const T>& x, summit::axis_set selected) {
    const summit::index_list kept = summit::without(x.shape(), selected);
    const summit::index_list kept_strides = summit::row_major_strides(kept);
    std::vector<std::vector<listed<T>>> slices(static_cast<std::size_t>(summit::element_count("slices_of", kept)));
    for_each_index(x.shape(), [&](const summit::index_list& index) {
        const auto result = offset_of(summit::without(index, selected), kept_strides);
        slices[static_cast<std::size_t>(result)].push_back(x.data()[offset_of(index, x.strides())]);
    });
    return slices;
}

/// Any rank up to 6, extents of 0 and 1 among them, strides dense in any order of the dimensions, with gaps, negative, 0
/// or overlapping, any axes; at most `most` elements.
[[nodiscard]] inline layout random_layout(random_source& random, std::size_t most) {
    layout made;
    const std::size_t rank = random.below(7);
    std::size_t room = most;
    for (std::size_t i = 0; i != rank; ++i) {
        std::size_t extent =
            random.one_in(60) ? 0 : 1 + random.below(std::min<std::size_t>(room, random.one_in(3) ? most : 7));
        if (extent > room) extent = room;
        if (extent != 0) room /= extent;
        made.shape.push_back(static_cast<std::ptrdiff_t>(extent));
    }
    // Dense strides along a random order of the dimensions, then spoiled.
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i != rank; ++i) order[i] = i;
    if (random.one_in(2))
        for (std::size_t i = rank; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    made.strides = made.shape;
    std::ptrdiff_t stride = random.one_in(3) ? 1 + static_cast<std::ptrdiff_t>(random.below(5)) : 1;
    for (std::size_t i = rank; i-- != 0;) {
        const std::size_t dimension = order[i];
        std::ptrdiff_t own = stride;
        stride *= std::max<std::ptrdiff_t>(made.shape[dimension], 1);
        if (random.one_in(4)) stride += static_cast<std::ptrdiff_t>(random.below(4));
        if (random.one_in(12)) own = 0;
        if (random.one_in(12)) own = static_cast<std::ptrdiff_t>(random.below(9)) - 4;
        if (random.one_in(5)) own = -own;
        made.strides[dimension] = own;
    }
    // Dimensions that cross each other: offsets that rise and fall along one row of results.
    if (random.one_in(6))
        for (std::size_t i = 0; i != rank; ++i) made.strides[i] = static_cast<std::ptrdiff_t>(random.below(13)) - 3;
    made.selected = random.one_in(3) ? (summit::axis_set{1} << rank) - 1
                                     : static_cast<summit::axis_set>(random.below(std::size_t{1} << rank));
    made.keepdims = random.one_in(2);
    return made;
}

/// Elements of one kind or a mixture, special values among them or not.
template <class T>
void fill_randomly(random_source& random, T* begin, T* end) {
    const std::size_t kind = random.below(10);
    const double scale = std::exp2(random.between(-30.0, 8.0));
    const double offset = random.one_in(2) ? 0.0 : random.between(-1.0, 1.0) * std::exp2(random.between(0.0, 14.0));
    const bool special = random.one_in(3);
    for (T* at = begin; at != end; ++at) {
        double x = 0.0;
        switch (kind) {
        case 0:
            x = 0.0;
            break;
        case 1:
            x = offset;
            break;
        case 2:
            x = random.one_in(8) ? 0.0 : random.between(-60.0, -10.0);
            break;
        case 3:
            x = random.between(-700.0, 700.0);
            break;
        case 4:
            x = -std::log(1.0 + static_cast<double>(end - begin)) + scale * random.normal() * 1e-3;
            break;
        case 5:
            x = random.normal() * scale;
            break;
        case 6:
            x = (random.one_in(2) ? 1.0 : -1.0) * std::exp2(random.between(-120.0, 120.0));
            break;
        default:
            x = offset + random.normal() * scale;
            break;
        }
        *at = to_element<T>(x);
        if constexpr (!std::integral<T>) {
            using format = binary_format<T>;
            using bits = typename format::bits;
            if (!special || !random.one_in(12)) continue;
            constexpr bits minus_infinity = static_cast<bits>(format::infinity | format::sign);
            const bits candidates[] = {minus_infinity,
                                       minus_infinity,
                                       minus_infinity,
                                       format::infinity,
                                       format::quiet_nan,
                                       static_cast<bits>(format::infinity + 1),
                                       static_cast<bits>(format::infinity - 1),
                                       static_cast<bits>((format::infinity - 1) | format::sign),
                                       0,
                                       format::sign,
                                       1,
                                       static_cast<bits>(format::smallest_normal - 1),
                                       static_cast<bits>(random.bits())};
            // A NaN decides everything: mostly left out.
            const bits chosen = candidates[random.below(std::size(candidates))];
            *at = format::from(chosen);
            if (format::is_nan(*at) && !random.one_in(4)) *at = format::from(minus_infinity);
        } else if (special && random.one_in(12)) {
            *at = random.one_in(2) ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
        }
    }
    if constexpr (!std::integral<T>)
        if (random.one_in(40))
            for (T* at = begin; at != end; ++at)
                *at = binary_format<T>::from(
                    static_cast<typename binary_format<T>::bits>(binary_format<T>::infinity | binary_format<T>::sign));
}

} // namespace support
