// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Some terms of every result, counted in the order of the reduced loops.
struct term_range {
    std::ptrdiff_t first;
    std::ptrdiff_t count;
};

/// Hands out the elements of a reduction block by block, in the type asked for: where they lie if a kernel can read them
/// there, packed into a scratch of fixed size otherwise. Blocks are cut by the plan alone, so the order of additions
/// never depends on who does them.
template <class Arch, class Element>
class block_reader {
public:
    /// How many neighbouring results are read together.
    static constexpr std::size_t tile_width = 256 / sizeof(compute_t<Element>);

    static constexpr std::size_t block_bytes = 16384; ///< read twice: a third of the smallest L1 in use
    /// Rows of columns that are handed out at once.
    template <class T>
    static constexpr std::ptrdiff_t block_rows = block_bytes / (tile_width * sizeof(T));

    /// What columns without a result hold: nothing near 0, which would ask for refinement, nor too large to sum directly.
    static constexpr double padding = 8.0;

    block_reader(const plan& p, const Element* elements) noexcept : plan_(p), elements_(elements) {}

    /// Calls visit(pointer, count) for each block of `terms` in the row that starts at `offset`.
    template <class T, class Visit>
    void visit_row(std::ptrdiff_t offset, const term_range& terms, const Visit& visit) noexcept {
        walk next(plan_, terms);
        while (next.left != 0) {
            std::ptrdiff_t count = 0;
            const T* const elements = next_of_row<T>(elements_ + offset, next, count);
            visit(elements, count);
        }
    }

    /// Calls visit(block) for each block of `terms` in the columns that start at `offsets`, `width` ≤ tile_width of them.
    template <class T, class Visit>
    void visit_columns(const std::ptrdiff_t* offsets, std::size_t width, const term_range& terms,
                       const Visit& visit) noexcept {
        std::array<const T*, block_rows<T>> rows;
        walk next(plan_, terms);
        while (next.left != 0) visit(next_of_columns<T>(offsets, width, next, rows.data()));
    }

private:
    template <class T>
    static constexpr std::ptrdiff_t block_terms = block_bytes / sizeof(T);

    /// Where a visit is.
    struct walk {
        [[gnu::always_inline]] walk(const plan& p, const term_range& terms) noexcept
            : at(p.reduced), left(terms.count) {
            at.seek(terms.first);
        }
        cursor at;
        std::ptrdiff_t left; ///< terms to come
    };

    // Functions of their own, whatever is done with a block: visitors are many.

    template <class T>
    [[gnu::noinline]] const T* next_of_row(const Element* start, walk& next, std::ptrdiff_t& count) noexcept {
        count = std::min(next.left, block_terms<T>);
        const T* elements = nullptr;
        if constexpr (std::same_as<T, Element>) {
            const bool in_place = next.at.stride() == 1 &&
                                  (plan_.reduced.size() <= 1 || plan_.reduced.innermost().extent >= block_terms<T> / 4);
            if (in_place) {
                count = std::min(count, next.at.run());
                elements = start + next.at.offset();
                next.at.advance(count);
            }
        }
        if (elements == nullptr) elements = packed_row<T>(start, next.at, count);
        next.left -= count;
        return elements;
    }

    template <class T>
    [[gnu::noinline]] column_block<T> next_of_columns(const std::ptrdiff_t* offsets, std::size_t width, walk& next,
                                                      const T** rows) noexcept {
        constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
        const std::ptrdiff_t stride = plan_.kept.empty() ? 1 : plan_.kept.innermost().stride;
        // In place only where the columns are one run of neighbours and no vector reaches past it. Every step is looked at:
        // overlapping runs may end where one run would.
        const bool one_run = stride == 1 && are_neighbours(offsets, static_cast<std::ptrdiff_t>(width));
        const bool in_place = std::same_as<T, Element> && one_run && width % lanes == 0;

        const std::ptrdiff_t count = std::min(next.left, block_rows<T>);
        for (std::ptrdiff_t r = 0; r != count; ++r, next.at.advance(1)) {
            const auto row = static_cast<std::size_t>(r);
            const Element* from = elements_ + next.at.offset();
            if constexpr (std::same_as<T, Element>)
                if (in_place) rows[row] = from + offsets[0];
            if (!in_place) rows[row] = packed_columns<T>(from, offsets, width, one_run, row);
        }
        next.left -= count;
        return {rows, count, (width + lanes - 1) / lanes * lanes};
    }

    template <class T>
    const T* packed_row(const Element* start, cursor& next, std::ptrdiff_t count) noexcept {
        T* to = scratch<T>();
        for (std::ptrdiff_t done = 0; done != count;) {
            const std::ptrdiff_t run = std::min(count - done, next.run());
            pack<Arch>(start + next.offset(), next.stride(), run, to + done);
            next.advance(run);
            done += run;
        }
        return to;
    }

    /// One row of the columns, copied to row `r` of the scratch; the lanes past their width, to the end of the last vector,
    /// hold padding.
    template <class T>
    const T* packed_columns(const Element* row, const std::ptrdiff_t* offsets, std::size_t width, bool one_run,
                            std::size_t r) noexcept {
        T* to = scratch<T>() + r * tile_width;
        // Otherwise one by one: runs of neighbours are short here, and looking for them takes longer than this.
        if (one_run) {
            pack<Arch>(row + offsets[0], 1, static_cast<std::ptrdiff_t>(width), to);
        } else if constexpr (std::same_as<T, Element>) {
            for (std::size_t i = 0; i != width; ++i) to[i] = row[offsets[i]];
        } else {
            std::array<Element, tile_width> elements;
            for (std::size_t i = 0; i != width; ++i) elements[i] = row[offsets[i]];
            pack<Arch>(elements.data(), 1, static_cast<std::ptrdiff_t>(width), to);
        }
        constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
        std::fill(to + width, to + (width + lanes - 1) / lanes * lanes, static_cast<T>(padding));
        return to;
    }

    template <class T>
    T* scratch() noexcept {
        return reinterpret_cast<T*>(scratch_.data());
    }

    const plan& plan_;
    const Element* elements_;
    alignas(64) std::array<std::byte, block_bytes> scratch_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
