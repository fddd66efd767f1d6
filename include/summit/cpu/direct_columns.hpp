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

namespace summit::inline version0::cpu {

/// The direct sums of neighbouring columns, given some rows at a time, computed in C. Every lane is a result of its own.
/// Rows are read as they lie in memory, all columns of a few rows before the next few; the sums meanwhile stay in the first
/// cache.
template <class C, class Arch, class Element>
class direct_columns {
    using direct = op::direct_sum<C>;
    /// Of floats in double only the log of a few is asked, and that in float.
    using sum = std::conditional_t<parts_of<C, Arch, Element> != 1 || is_coarse<C, Element>, math::plain_sum<C, Arch>,
                                   typename direct::template sum<Arch>>;

    static constexpr std::size_t parts = parts_of<C, Arch, Element>;

public:
    /// Columns a batch of elements holds.
    static constexpr std::size_t group = xsimd::batch<compute_t<Element>, Arch>::size;

    /// `width` ≥ group columns from now on, nothing added to them yet.
    void start(std::size_t width) noexcept {
        width_ = width;
        for (std::size_t k = 0; k * group < width; ++k) sums_[k] = {};
    }

    /// Adds the terms of rows that begin at from + offsets[0], from + offsets[1], …
    void add(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
             const strided_loader<C, Arch, Element>& load) noexcept {
        if (load.stride() == 1)
            add_from(from, offsets, rows, dense_loader<C, Arch, Element>{});
        else
            add_from(from, offsets, rows, load);
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
    template <class Loader>
    void add_from(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                  const Loader& load) noexcept {
        for (std::ptrdiff_t r = 0; r < rows; r += 4) {
            const std::ptrdiff_t* const next = offsets + r;
            for (std::size_t k = 0; k * group < width_; ++k) {
                const Element* const at = from + column(k) * load.stride();
                if constexpr (Loader::is_dense)
                    for (std::ptrdiff_t ahead = r + 4; ahead < std::min(r + 8, rows); ++ahead)
                        __builtin_prefetch(at + offsets[ahead]);
                auto sums = sums_[k];
                switch (rows - r) {
                case 1:
                    add_rows<0>(sums, at, next, load);
                    break;
                case 2:
                    add_rows<0, 1>(sums, at, next, load);
                    break;
                case 3:
                    add_rows<0, 1, 2>(sums, at, next, load);
                    break;
                default:
                    add_rows<0, 1, 2, 3>(sums, at, next, load);
                }
                sums_[k] = sums;
            }
        }
    }

    /// The last batch begins early enough to end with the last column. What it shares with the one before comes out alike.
    [[nodiscard]] std::ptrdiff_t column(std::size_t k) const noexcept {
        return static_cast<std::ptrdiff_t>(std::min(k * group, width_ - group));
    }

    template <std::size_t... Row, class Loader>
    [[gnu::always_inline]] static void add_rows(std::array<sum, parts>& sums, const Element* from,
                                                const std::ptrdiff_t* offsets, const Loader& load) noexcept {
        const std::array<lanes<C, Arch, Element>, sizeof...(Row)> terms{
            direct_terms<C, Arch, Element>(load(from + offsets[Row]))...};
        for (std::size_t part = 0; part != parts; ++part) sums[part].add(terms[Row][part]...);
    }

    std::size_t width_ = 0;
    std::array<std::array<sum, parts>, max_tile_width / group> sums_;
};

} // namespace summit::inline version0::cpu
