// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The direct sums of neighbouring columns, given some rows at a time, computed in C. Every lane is a result of its own.
/// Rows are read as they lie in memory, all columns of a few rows before the next few; the sums meanwhile stay in the first
/// cache. Source is what the elements were before they were packed: it decides how good their terms have to be.
template <class C, class Arch, class Element, class Source = Element>
class direct_columns {
    using direct = op::direct_sum<C>;
    using sum = std::conditional_t<is_coarse<C, Source>, math::plain_sum<C, Arch>, typename direct::template sum<Arch>>;

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
        std::ptrdiff_t r = 0;
        for (; r + 4 <= rows; r += 4) {
            const auto row = [&](std::ptrdiff_t i) { return from + offsets[std::min(r + i, rows - 1)]; };
            const Element *const a = row(0), *const b = row(1), *const c = row(2), *const d = row(3);
            const Element *const e = row(4), *const f = row(5), *const g = row(6), *const h = row(7);
            for (std::size_t k = 0; k * group < width_; ++k) {
                const std::ptrdiff_t at = column(k);
                __builtin_prefetch(e + at);
                __builtin_prefetch(f + at);
                __builtin_prefetch(g + at);
                __builtin_prefetch(h + at);
                add_four(sums_[k], term(load, a + at), term(load, b + at), term(load, c + at), term(load, d + at));
            }
        }
        for (; r != rows; ++r)
            for (std::size_t k = 0; k * group < width_; ++k)
                add_one(sums_[k], term(load, from + offsets[r] + column(k)));
    }

    /// Others, as above; but where rows begin side by side, as those of many short results do, all of a group at once.
    void add_strided(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                     const strided_loader<C, Arch, Element>& load) noexcept {
        const std::ptrdiff_t step = are_neighbours(offsets, rows) ? rows : 4;
        for (std::ptrdiff_t first = 0; first < rows; first += step) {
            const std::ptrdiff_t end = std::min(first + step, rows);
            for (std::size_t k = 0; k * group < width_; ++k) {
                const Element* const at = from + column(k) * load.stride();
                auto sums = sums_[k];
                for (std::ptrdiff_t r = first; r < end; r += 4) {
                    // In memory, so that there is one place where a term is made and not five.
                    std::array<row_terms, 4> terms;
                    const auto count = static_cast<std::size_t>(std::min<std::ptrdiff_t>(4, end - r));
                    for (std::size_t i = 0; i != count; ++i)
                        terms[i] = term(load, at + offsets[r + static_cast<std::ptrdiff_t>(i)]);
                    if (count == 4)
                        add_four(sums, terms[0], terms[1], terms[2], terms[3]);
                    else
                        for (std::size_t i = 0; i != count; ++i) add_one(sums, terms[i]);
                }
                sums_[k] = sums;
            }
        }
    }

    /// The last batch begins early enough to end with the last column. What it shares with the one before comes out alike.
    [[nodiscard]] std::ptrdiff_t column(std::size_t k) const noexcept {
        return static_cast<std::ptrdiff_t>(std::min(k * group, width_ - group));
    }

    template <class Load>
    [[gnu::always_inline]] static row_terms term(const Load& load, const Element* at) noexcept {
        return direct_terms<C, Arch, Source>(load(at));
    }

    [[gnu::always_inline]] static void add_four(std::array<sum, parts>& sums, const row_terms& a, const row_terms& b,
                                                const row_terms& c, const row_terms& d) noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) sums[part].add(a[part], b[part], c[part], d[part]);
    }

    [[gnu::always_inline]] static void add_one(std::array<sum, parts>& sums, const row_terms& terms) noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) sums[part].add(terms[part]);
    }

    std::size_t width_ = 0;
    std::array<std::array<sum, parts>, max_tile_width / group> sums_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
