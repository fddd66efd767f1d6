// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/cpu/short_runs.hpp>
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

    /// Whether rows lie in pieces so short that it takes less to bring each together than to sum piece by piece.
    [[nodiscard]] static bool copies_rows(const plan& p) noexcept {
        constexpr std::ptrdiff_t short_piece = 256;
        return p.reduced.size() > 1 && p.reduced.innermost().extent < short_piece;
    }

    /// Calls visit(i, pointer, n) for n elements brought together of `terms` in each of `count` rows that start at `offsets`: some
    /// of every row, then some more, as memory lies.
    template <class Visit>
    void visit_copied_rows(const std::ptrdiff_t* offsets, std::size_t count, const term_range& terms,
                           const Visit& visit) noexcept {
        walk next(plan_, terms);
        while (next.left != 0) {
            const std::ptrdiff_t some = std::min(next.left, copied_terms);
            runs_.list(next.at, some);
            next.left -= some;
            for (std::size_t i = 0; i != count; ++i) {
                runs_.copy(elements_ + offsets[i], scratch<Element>());
                visit(i, scratch<Element>(), some);
            }
        }
    }

    /// Calls visit(block) for each block of `terms` in the columns that start at `offsets`, `width` ≤ tile_width of them.
    template <class T, class Visit>
    void visit_columns(const std::ptrdiff_t* offsets, std::size_t width, const term_range& terms,
                       const Visit& visit) noexcept {
        std::array<const T*, block_rows<T>> rows;
        walk next(plan_, terms);
        runs_.list(offsets, width);
        // Once: nothing else is written there between blocks.
        pad_columns<T>(width, std::min(terms.count, block_rows<T>));
        while (next.left != 0) visit(next_of_columns<T>(offsets, width, next, rows.data()));
    }

private:
    /// Elements of a row that are brought together at once.
    static constexpr std::ptrdiff_t copied_terms = 512;
    /// The same where they change their type.
    static constexpr std::size_t packed_terms = 256;

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
        // In place only where the columns are one run of neighbours and no vector reaches past it.
        const bool one_run = runs_.size() == 1;
        const bool in_place = std::same_as<T, Element> && one_run && width % lanes == 0;

        const std::ptrdiff_t count = std::min(next.left, block_rows<T>);
        // Listed columns are copied run by run, each of all rows, if there are runs.
        const bool by_runs = std::same_as<T, Element> && !one_run && 2 * runs_.size() <= width;
        for (std::ptrdiff_t r = 0; r != count;) {
            const std::ptrdiff_t alike = std::min(count - r, next.at.run());
            for (std::ptrdiff_t k = 0; k != alike; ++k, ++r) {
                const auto row = static_cast<std::size_t>(r);
                const Element* const from = elements_ + next.at.offset() + k * next.at.stride();
                if constexpr (std::same_as<T, Element>)
                    if (in_place || by_runs) rows[row] = from + (in_place ? offsets[0] : 0);
                if (!in_place && !by_runs) rows[row] = packed_columns<T>(from, offsets, width, one_run, row);
            }
            next.at.advance(alike);
        }
        if constexpr (std::same_as<T, Element>)
            if (by_runs) copy_columns(rows, static_cast<std::size_t>(count));
        next.left -= count;
        return {rows, count, (width + lanes - 1) / lanes * lanes};
    }

    template <class T>
    const T* packed_row(const Element* start, cursor& next, std::ptrdiff_t count) noexcept {
        T* to = scratch<T>();
        std::array<Element, packed_terms> pieces;
        const bool in_pieces = copies_rows(plan_);
        for (std::ptrdiff_t done = 0; done != count;) {
            std::ptrdiff_t some = std::min(count - done, next.run());
            if (in_pieces) {
                some = std::min<std::ptrdiff_t>(count - done, packed_terms);
                runs_.list(next, some);
                if constexpr (std::same_as<T, Element>) {
                    runs_.copy(start, to + done);
                } else {
                    runs_.copy(start, pieces.data());
                    pack<Arch>(pieces.data(), 1, some, to + done);
                }
            } else {
                pack<Arch>(start + next.offset(), next.stride(), some, to + done);
                next.advance(some);
            }
            done += some;
        }
        return to;
    }

    /// One row of the columns, copied to row `r` of the scratch.
    template <class T>
    const T* packed_columns(const Element* row, const std::ptrdiff_t* offsets, std::size_t width, bool one_run,
                            std::size_t r) noexcept {
        T* to = scratch<T>() + r * tile_width;
        if (one_run) {
            pack<Arch>(row + offsets[0], 1, static_cast<std::ptrdiff_t>(width), to);
        } else if constexpr (std::same_as<T, Element>) {
            gather(row, offsets, width, to);
        } else {
            std::array<Element, tile_width> elements;
            gather(row, offsets, width, elements.data());
            pack<Arch>(elements.data(), 1, static_cast<std::ptrdiff_t>(width), to);
        }
        return to;
    }

    /// Copies the columns listed of `count` rows to the scratch, where these lie from then on.
    void copy_columns(const Element** rows, std::size_t count) noexcept {
        auto* to = scratch<Element>();
        runs_.copy(rows, count, to, static_cast<std::ptrdiff_t>(tile_width));
        for (std::size_t r = 0; r != count; ++r, to += tile_width) rows[r] = to;
    }

    /// What follows `width` columns of `count` rows in the scratch, to the end of their last vectors.
    template <class T>
    void pad_columns(std::size_t width, std::ptrdiff_t count) noexcept {
        constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
        T* to = scratch<T>();
        for (std::ptrdiff_t r = 0; r != count; ++r, to += tile_width)
            std::fill(to + width, to + (width + lanes - 1) / lanes * lanes, static_cast<T>(padding));
    }

    void gather(const Element* row, const std::ptrdiff_t* offsets, std::size_t width, Element* to) const noexcept {
        if (2 * runs_.size() <= width)
            runs_.copy(row, to);
        else
            for (std::size_t i = 0; i != width; ++i) to[i] = row[offsets[i]];
    }

    template <class T>
    T* scratch() noexcept {
        return reinterpret_cast<T*>(scratch_.data());
    }

    const plan& plan_;
    const Element* elements_;
    run_list<static_cast<std::size_t>(copied_terms / 2 + 1)> runs_; ///< of a row, or those of columns
    alignas(64) std::array<std::byte, block_bytes> scratch_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
