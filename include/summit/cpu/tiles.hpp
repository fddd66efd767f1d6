// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The most results a tile has.
inline constexpr std::size_t max_tile_width = 1024;

/// Neighbouring results: where their terms begin and where they are to be written.
struct tile {
    /// The most results of a tile that is not regular.
    static constexpr std::size_t max_listed = 128;

    std::size_t width = 0;
    /// Both kinds of offsets are equally far apart; only the first two of each are listed.
    bool is_regular = false;
    std::array<std::ptrdiff_t, max_listed> offset;
    std::array<std::ptrdiff_t, max_listed> result_offset;

    [[nodiscard, gnu::always_inline]] std::ptrdiff_t stride() const noexcept { return offset[1] - offset[0]; }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t result_stride() const noexcept {
        return result_offset[1] - result_offset[0];
    }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t offset_of(std::size_t i) const noexcept {
        return is_regular ? offset[0] + static_cast<std::ptrdiff_t>(i) * stride() : offset[i];
    }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t result_offset_of(std::size_t i) const noexcept {
        return is_regular ? result_offset[0] + static_cast<std::ptrdiff_t>(i) * result_stride() : result_offset[i];
    }
};

/// Neighbouring lanes of a tile.
struct lane_range {
    std::size_t first;
    std::size_t last;
};

/// Calls use(block, i, width) for the blocks of some columns of a tile, as many columns at a time as a reader takes: i is the first
/// of them, and width how many they are.
template <class T, class Arch, class Element, class Use>
inline void visit_columns_of(block_reader<Arch, Element>& blocks, const tile& t, const lane_range& lanes,
                             const term_range& terms, const Use& use) noexcept {
    constexpr std::size_t most = block_reader<Arch, Element>::tile_width;
    std::array<std::ptrdiff_t, most> offsets;
    for (std::size_t first = lanes.first; first < lanes.last; first += most) {
        const std::size_t width = std::min(most, lanes.last - first);
        for (std::size_t i = 0; i != width; ++i) offsets[i] = t.offset_of(first + i);
        blocks.template visit_columns<T>(offsets.data(), width, terms,
                                         [&](const column_block<T>& block) { use(block, first, width); });
    }
}

/// How the results of a plan are cut into tiles, and the terms of each into parts. Always inlined, as cursor is.
class tiling {
public:
    struct widths {
        std::ptrdiff_t rows;      ///< results of a tile where vectors lie along the terms
        std::ptrdiff_t pieces;    ///< the same, where a row lies in several pieces
        std::ptrdiff_t least_run; ///< neighbours that make tiles of their own where vectors lie across results
        std::ptrdiff_t irregular; ///< results of a tile where there are not so many
        std::ptrdiff_t widest = static_cast<std::ptrdiff_t>(max_tile_width); ///< results of any tile
    };

    [[gnu::always_inline]] tiling(const plan& p, const widths& w) noexcept : plan_(p), least_run_(w.least_run) {
        run_ = p.kept.empty() ? 1 : p.kept.innermost().extent;
        is_regular_ = p.lie == orientation::columns && run_ >= least_run_;
        if (!is_regular_) run_ = p.results;
        if (is_regular_)
            width_ = p.kept.innermost().stride == 1 || p.terms < short_row ? static_cast<std::ptrdiff_t>(max_tile_width)
                                                                           : strided_tile_width;
        else if (p.lie == orientation::columns)
            width_ = w.irregular;
        else
            width_ = p.reduced.size() <= 1 ? w.rows : w.pieces;
        width_ = std::min(width_, w.widest);
        tiles_a_run_ = (run_ + width_ - 1) / width_;
        count_ = p.results / run_ * tiles_a_run_;

        // Few tiles of many terms: parts, so that threads find work. Their number depends on the shape alone.
        if (count_ < enough_tiles) {
            const std::ptrdiff_t widest = std::min(width_, run_);
            const std::ptrdiff_t by_work = p.terms / std::max<std::ptrdiff_t>(part_terms / widest, 1);
            // They are kept in whole vectors, the widest of eight doubles.
            const std::ptrdiff_t kept = (widest + 7) / 8 * 8;
            parts_ = std::clamp<std::ptrdiff_t>(by_work, 1, std::min(most_parts, part_results / kept));
        }
    }

    [[nodiscard, gnu::always_inline]] std::ptrdiff_t count() const noexcept { return count_; }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t parts() const noexcept { return parts_; }

    [[nodiscard, gnu::always_inline]] term_range part(std::ptrdiff_t i) const noexcept {
        const std::ptrdiff_t size = (plan_.terms + parts_ - 1) / parts_;
        const std::ptrdiff_t first = std::min(i * size, plan_.terms);
        return {first, std::min(size, plan_.terms - first)};
    }

    [[gnu::always_inline]] void place(std::ptrdiff_t index, tile& t) const noexcept {
        const std::ptrdiff_t in_run = begin(index % tiles_a_run_);
        const std::ptrdiff_t first = index / tiles_a_run_ * run_ + in_run;
        t.width = static_cast<std::size_t>(begin(index % tiles_a_run_ + 1) - in_run);
        t.is_regular = is_regular_;
        cursor next(plan_.kept, plan_.origin, plan_.result_origin);
        next.seek(first);
        // Of a regular tile two are enough: short rows make many tiles, each with little to do.
        const std::size_t listed = is_regular_ ? 2 : t.width;
        for (std::size_t i = 0; i != listed;) {
            const std::ptrdiff_t run = std::min(static_cast<std::ptrdiff_t>(listed - i), next.run());
            for (std::ptrdiff_t k = 0; k != run; ++k, ++i) {
                t.offset[i] = next.offset() + k * next.stride();
                t.result_offset[i] = next.result_offset() + k * next.result_stride();
            }
            next.advance(run);
        }
    }

    /// Results in all parts of a tile, at most.
    static constexpr std::ptrdiff_t part_results = 4096;

private:
    /// Where the i-th tile of a run begins. The last takes some results of the one before, if it would be too narrow.
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t begin(std::ptrdiff_t i) const noexcept {
        const std::ptrdiff_t last = (tiles_a_run_ - 1) * width_;
        const bool is_narrow = is_regular_ && tiles_a_run_ > 1 && run_ - last < least_run_;
        if (i == tiles_a_run_) return run_;
        return i * width_ - (is_narrow && i == tiles_a_run_ - 1 ? least_run_ : 0);
    }

    /// Where results lie side by side, wide tiles read long pieces of memory. Elsewhere what a tile keeps of each result had
    /// better stay in the first cache.
    static constexpr std::ptrdiff_t strided_tile_width = 256;
    static constexpr std::ptrdiff_t enough_tiles = 8;
    static constexpr std::ptrdiff_t most_parts = 64;
    static constexpr std::ptrdiff_t part_terms = 65536;

    const plan& plan_;
    std::ptrdiff_t least_run_;
    std::ptrdiff_t run_ = 1;
    std::ptrdiff_t width_ = 1;
    std::ptrdiff_t tiles_a_run_ = 1;
    std::ptrdiff_t count_ = 1;
    std::ptrdiff_t parts_ = 1;
    bool is_regular_ = false;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
