// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/op/direct_sum.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace summit::inline version0::cpu {

/// The direct sums of neighbouring columns, given some rows at a time, computed in C. Every lane is a result of its own.
/// Rows are read as they lie in memory, all columns of a few rows before the next few; the sums meanwhile stay in the first
/// cache. Source is what the elements were before they were packed: it decides how good their terms have to be.
template <class C, class Arch, class Element, class Source = Element>
class direct_columns {
    using direct = op::direct_sum<C>;
    /// Of floats in double only the log of a few is asked, and that in float.
    using sum = std::conditional_t<parts_of<C, Arch, Element> != 1 || is_coarse<C, Source>, math::plain_sum<C, Arch>,
                                   typename direct::template sum<Arch>>;

    static constexpr std::size_t parts = parts_of<C, Arch, Element>;

public:
    /// Columns a batch of elements holds.
    static constexpr std::size_t group = xsimd::batch<compute_t<Element>, Arch>::size;

    /// `width` ≥ group columns from now on, nothing added to them yet. Where there are `few` rows floats are added one by
    /// one: none of them meets another in float.
    void start(std::size_t width, bool few = false) noexcept {
        width_ = width;
        adds_singly_ = few && sizeof(C) == sizeof(float);
        for (std::size_t k = 0; k * group < width; ++k) sums_[k] = {};
    }

    /// Adds the terms of rows that begin at from + offsets[0], from + offsets[1], …
    void add(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
             const strided_loader<C, Arch, Element>& load) noexcept {
        if (load.stride() == 1)
            add_dense(from, offsets, rows);
        else
            add_strided(from, offsets, rows, load);
    }

    /// Writes the sums, a multiple of group of them.
    void store(double* high, double* low) const noexcept {
        constexpr std::size_t lanes_each = group / parts;
        for (std::size_t k = 0; k * group < width_; ++k)
            for (std::size_t part = 0; part != parts; ++part) {
                const std::size_t at = static_cast<std::size_t>(column(k)) + part * lanes_each;
                math::store(sums_[k][part], high + at, low + at);
            }
    }

private:
    using row_terms = lanes<C, Arch, Element>;

    /// Neighbours that lie side by side: a few rows after the other, as memory does.
    void add_dense(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows) noexcept {
        const dense_loader<C, Arch, Element> load;
        for (std::ptrdiff_t r = 0; r < rows; r += 4)
            for (std::size_t k = 0; k * group < width_; ++k) {
                const Element* const at = from + column(k);
                for (std::ptrdiff_t ahead = r + 4; ahead < std::min(r + 8, rows); ++ahead)
                    __builtin_prefetch(at + offsets[ahead]);
                auto sums = sums_[k];
                const auto row = [&](std::size_t i) __attribute__((always_inline)) {
                    return load(at + offsets[r + static_cast<std::ptrdiff_t>(i)]);
                };
                switch (rows - r) {
                case 1:
                    add<0>(sums, row);
                    break;
                case 2:
                    add<0, 1>(sums, row);
                    break;
                case 3:
                    add<0, 1, 2>(sums, row);
                    break;
                default:
                    add<0, 1, 2, 3>(sums, row);
                }
                sums_[k] = sums;
            }
    }

    /// Others, as above; but where rows begin side by side, as those of many short results do, all of a group at once.
    void add_strided(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                     const strided_loader<C, Arch, Element>& load) noexcept {
        bool side_by_side = true;
        for (std::ptrdiff_t r = 1; r < rows; ++r) side_by_side &= offsets[r] - offsets[r - 1] == 1;
        const std::ptrdiff_t step = side_by_side ? rows : 4;
        for (std::ptrdiff_t first = 0; first < rows; first += step) {
            const std::ptrdiff_t end = std::min(first + step, rows);
            for (std::size_t k = 0; k * group < width_; ++k) {
                const Element* const at = from + column(k) * load.stride();
                auto sums = sums_[k];
                std::ptrdiff_t r = first;
                if constexpr (strided_loader<C, Arch, Element>::transposes)
                    if (side_by_side) r = add_run(sums, at + offsets[0], rows, load);
                for (; r < end; r += 4) {
                    // In memory, so that there is one place where a term is made and not ten.
                    std::array<row_terms, 4> terms;
                    const auto count = static_cast<std::size_t>(std::min<std::ptrdiff_t>(4, end - r));
                    for (std::size_t i = 0; i != count; ++i)
                        terms[i] =
                            direct_terms<C, Arch, Source>(load(at + offsets[r + static_cast<std::ptrdiff_t>(i)]));
                    add_some(sums, terms, count);
                }
                sums_[k] = sums;
            }
        }
    }

    /// Of rows that begin side by side, four at a time, or all where they are three and leave no gap. Returns how many those
    /// are.
    [[gnu::always_inline]] std::ptrdiff_t add_run(std::array<sum, parts>& sums, const Element* from,
                                                  std::ptrdiff_t rows,
                                                  const strided_loader<C, Arch, Element>& load) const noexcept {
        // Line by line, unless most of the lines lie in gaps.
        if (load.stride() < rows + 16)
            for (std::ptrdiff_t line = 0; line < static_cast<std::ptrdiff_t>(group) * load.stride(); line += 16)
                prefetch_ahead(from + line);
        if (rows == 3 && load.stride() == 3) {
            add<0, 1, 2>(
                sums, [&](std::size_t i) __attribute__((always_inline)) { return load.every_third(from + i); });
            return rows;
        }
        std::ptrdiff_t r = 0;
        for (; r + 4 <= rows; r += 4) {
            const auto four = load.four(from + r);
            add<0, 1, 2, 3>(
                sums, [&](std::size_t i) __attribute__((always_inline)) { return four[i]; });
        }
        return r;
    }

    [[gnu::always_inline]] void add_some(std::array<sum, parts>& sums, const std::array<row_terms, 4>& terms,
                                         std::size_t count) const noexcept {
        if (count == 1) add_terms(sums, terms, std::index_sequence<0>{});
        if (count == 2) add_terms(sums, terms, std::index_sequence<0, 1>{});
        if (count == 3) add_terms(sums, terms, std::index_sequence<0, 1, 2>{});
        if (count == 4) add_terms(sums, terms, std::index_sequence<0, 1, 2, 3>{});
    }

    /// The last batch begins early enough to end with the last column. What it shares with the one before comes out alike.
    [[nodiscard]] std::ptrdiff_t column(std::size_t k) const noexcept {
        return static_cast<std::ptrdiff_t>(std::min(k * group, width_ - group));
    }

    template <std::size_t... Row, class Read>
    [[gnu::always_inline]] void add(std::array<sum, parts>& sums, const Read& row) const noexcept {
        const std::array<row_terms, sizeof...(Row)> terms{direct_terms<C, Arch, Source>(row(Row))...};
        add_terms(sums, terms, std::make_index_sequence<sizeof...(Row)>{});
    }

    template <std::size_t Size, std::size_t... Row>
    [[gnu::always_inline]] void add_terms(std::array<sum, parts>& sums, const std::array<row_terms, Size>& terms,
                                          std::index_sequence<Row...>) const noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) {
            if constexpr (sizeof...(Row) != 1) {
                if (!adds_singly_) {
                    sums[part].add(terms[Row][part]...);
                    continue;
                }
            }
            (sums[part].add(terms[Row][part]), ...);
        }
    }

    std::size_t width_ = 0;
    bool adds_singly_ = false;
    std::array<std::array<sum, parts>, max_tile_width / group> sums_;
};

} // namespace summit::inline version0::cpu
