// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/direct_columns.hpp>
#include <summit/cpu/direct_rows.hpp>
#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/references.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Sums some terms of some results of a tile in one sweep, relative to the references given.
template <class Op, class Arch, class Element>
class tile_sums {
    using compute = compute_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using pair = math::double_pair<Arch>;

    /// Rows of columns that are added up before their sums are written: many, as that takes as long as a few rows; fewer where
    /// the sum is a plain one.
    template <class C>
    static constexpr std::ptrdiff_t rows_of_block = sizeof(C) == sizeof(compute) ? 256 : 64;

    static constexpr std::size_t irregular_width = block_reader<Arch, Element>::tile_width;

public:
    /// Terms of a row that are added up before their sum is written.
    static constexpr std::ptrdiff_t row_block = 16384;

    /// As wide on every architecture: the widest vector decides.
    static constexpr tiling::widths tile_widths = {
        .rows = 16, .pieces = 128, .least_run = 64 / sizeof(compute), .irregular = irregular_width};

    tile_sums(const plan& p, const Element* elements) noexcept : plan_(p), elements_(elements), blocks_(p, elements) {}

    /// Relative to nothing where there are no references.
    template <class Pass>
    void sum(const tile& t, const lane_range& lanes, const term_range& terms,
             const lane_references<typename Pass::type>* references) noexcept {
        if (plan_.lie == orientation::rows) {
            for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                set(lane, {wide(0.0), wide(0.0)});
            sum_rows<Pass>(t, lanes, terms, references);
        } else if constexpr (std::same_as<typename Pass::type, compute>) {
            if (t.is_regular)
                sum_columns<Pass>(t, lanes, terms, references);
            else
                sum_packed_columns<Pass>(t, lanes, terms, references);
        } else {
            // Terms of more digits take so long that to copy the elements first hardly counts, which saves code of their own.
            if constexpr (std::same_as<Element, compute>)
                if (t.is_regular && t.stride() == 1) return sum_columns<Pass>(t, lanes, terms, references);
            sum_packed_columns<Pass>(t, lanes, terms, references);
        }
    }

    /// The same of one result, less `offset`: for numbers so far from 0 that no reference reaches them. Each difference is exact
    /// where it counts (Sterbenz).
    template <class C>
    [[gnu::noinline]] void sum_less(const tile& t, std::size_t lane, const term_range& terms, C offset) noexcept {
        auto& room = in_room<shifted_row<C>>();
        pair total{wide(0.0), wide(0.0)};
        blocks_.template visit_row<C>(t.offset_of(lane), terms, [&](const C* x, std::ptrdiff_t n) {
            for (std::ptrdiff_t done = 0; done != n;) {
                const std::ptrdiff_t count = std::min(n - done, static_cast<std::ptrdiff_t>(room.difference.size()));
                for (std::ptrdiff_t i = 0; i != count; ++i)
                    room.difference[static_cast<std::size_t>(i)] = x[done + i] - offset;
                room.sum.start();
                room.sum.add_plain(room.difference.data(), count);
                total = math::add_pairs(total, room.sum.total());
                done += count;
            }
        });
        high_[lane] = total.high.get(0);
        low_[lane] = total.low.get(0);
    }

    /// The sums of the lanes from `lane` on.
    [[nodiscard, gnu::always_inline]] pair total(std::size_t lane) const noexcept {
        return {wide::load_unaligned(&high_[lane]), wide::load_unaligned(&low_[lane])};
    }
    /// That of one lane, in every lane.
    [[nodiscard]] pair total_of(std::size_t lane) const noexcept { return {wide(high_[lane]), wide(low_[lane])}; }
    [[gnu::always_inline]] void set(std::size_t lane, const pair& total) noexcept {
        total.high.store_unaligned(&high_[lane]);
        total.low.store_unaligned(&low_[lane]);
    }

    /// The largest terms of the lanes from `lane` on: of columns that were summed relative to references.
    [[nodiscard, gnu::always_inline]] wide largest(std::size_t lane) const noexcept {
        return wide::load_unaligned(&largest_[lane]);
    }

    /// Reads what cannot be summed where it lies.
    [[nodiscard]] block_reader<Arch, Element>& blocks() noexcept { return blocks_; }

private:
    template <class C>
    using single_pass = typename Op::template single_pass<C>;
    template <class Pass>
    using row = direct_row<Pass, Arch, Element>;
    template <class Pass>
    using rows_of_tile = std::array<row<Pass>, static_cast<std::size_t>(tile_widths.pieces)>;

    template <class C>
    struct shifted_row {
        direct_row<single_pass<C>, Arch, C> sum;
        alignas(64) std::array<C, 512> difference;
    };

    template <class Pass>
    void sum_rows(const tile& t, const lane_range& lanes, const term_range& terms,
                  const lane_references<typename Pass::type>* references) noexcept {
        using C = typename Pass::type;
        const std::ptrdiff_t stride = plan_.reduced.empty() ? 1 : plan_.reduced.innermost().stride;
        const strided_loader<C, Arch, Element> load(stride);
        // Together, so that no row's end waits for the one before it, and as memory lies where they are in several pieces.
        // Long rows in one piece each: one after the other.
        const bool together = plan_.reduced.size() > 1 || terms.count <= row_block;
        const std::size_t step = together ? lanes.last - lanes.first : 1;
        for (std::size_t i = lanes.first; i != lanes.last; i += step)
            sum_rows_together<Pass>(t, {i, i + step}, terms, load,
                                    references != nullptr ? &references->exponent[i] : nullptr);
    }

    template <class Pass>
    [[gnu::noinline]] void sum_rows_together(const tile& t, const lane_range& lanes, const term_range& terms,
                                             const strided_loader<typename Pass::type, Arch, Element>& load,
                                             const typename Pass::type* exponents) noexcept {
        auto& rows = in_room<rows_of_tile<Pass>>();
        cursor next(plan_.reduced);
        next.seek(terms.first);
        const std::size_t count = lanes.last - lanes.first;
        for (std::ptrdiff_t done = 0; done != terms.count;) {
            const std::ptrdiff_t block = std::min(terms.count - done, row_block);
            for (std::size_t i = 0; i != count; ++i) rows[i].start();
            for (std::ptrdiff_t of_block = 0; of_block != block;) {
                const std::ptrdiff_t run = std::min(block - of_block, next.run());
                row<Pass>::add(rows.data(), elements_ + next.offset(), &t.offset[lanes.first], count, run, load,
                               exponents);
                next.advance(run);
                of_block += run;
            }
            for (std::size_t i = 0; i != count; ++i) {
                const std::size_t lane = lanes.first + i;
                const pair total = rows[i].total();
                const pair sum = done == 0 ? total : math::add_pairs(total_of(lane), total);
                high_[lane] = sum.high.get(0);
                low_[lane] = sum.low.get(0);
            }
            done += block;
        }
    }

    template <class Pass>
    void sum_columns(const tile& t, const lane_range& lanes, const term_range& terms,
                     const lane_references<typename Pass::type>* references) noexcept {
        using C = typename Pass::type;
        const strided_loader<C, Arch, Element> load(t.stride());
        auto& columns = in_room<direct_columns<Pass, Arch, Element>>();
        std::array<std::ptrdiff_t, static_cast<std::size_t>(rows_of_block<C>)> offsets;
        cursor next(plan_.reduced);
        next.seek(terms.first);
        const C* const exponents = references != nullptr ? &references->exponent[lanes.first] : nullptr;
        for (std::ptrdiff_t done = 0; done != terms.count;) {
            const std::ptrdiff_t block = std::min(terms.count - done, rows_of_block<C>);
            for (std::ptrdiff_t r = 0; r != block; ++r, next.advance(1))
                offsets[static_cast<std::size_t>(r)] = next.offset();
            columns.start(lanes.last - lanes.first);
            columns.add(elements_ + t.offset_of(lanes.first), offsets.data(), block, load, exponents);
            close_columns(lanes.first, lanes.last - lanes.first, columns, done == 0, references != nullptr);
            done += block;
        }
    }

    /// Columns that lie anywhere, copied side by side: whole vectors of them.
    template <class Pass>
    void sum_packed_columns(const tile& t, const lane_range& lanes, const term_range& terms,
                            const lane_references<typename Pass::type>* references) noexcept {
        using C = typename Pass::type;
        static_assert(std::same_as<C, compute> ||
                          rows_of_block<C> == block_reader<Arch, Element>::template block_rows<compute>,
                      "the bits would depend on whether columns are packed");
        auto& columns = in_room<direct_columns<Pass, Arch, compute, Element>>();
        std::array<std::ptrdiff_t, static_cast<std::size_t>(rows_of_block<C>)> offsets;
        std::size_t begun = lanes.last; // where the columns under way begin
        visit_columns_of<compute>(
            blocks_, t, lanes, terms, [&](const column_block<compute>& block, std::size_t first, std::size_t) {
                for (std::size_t r = 0; r != static_cast<std::size_t>(block.count); ++r)
                    offsets[r] = block.rows[r] - block.rows[0];
                columns.start(block.width);
                columns.add(block.rows[0], offsets.data(), block.count, strided_loader<C, Arch, compute>(1),
                            references != nullptr ? &references->exponent[first] : nullptr);
                close_columns(first, block.width, columns, first != begun, references != nullptr);
                begun = first;
            });
    }

    template <class Columns>
    void close_columns(std::size_t first, std::size_t width, const Columns& columns, bool is_first,
                       bool is_relative) noexcept {
        if (is_first) {
            columns.store(&high_[first], &low_[first]);
            if (is_relative) columns.store_largest(&largest_[first]);
            return;
        }
        columns.store(block_high_.data(), block_low_.data());
        for (std::size_t i = 0; i < width; i += wide::size)
            set(first + i, math::add_pairs<Arch>(total(first + i), {wide::load_aligned(&block_high_[i]),
                                                                    wide::load_aligned(&block_low_[i])}));
        if (!is_relative) return;
        columns.store_largest(block_high_.data());
        for (std::size_t i = 0; i < width; i += wide::size)
            Op::larger(largest(first + i), wide::load_aligned(&block_high_[i])).store_unaligned(&largest_[first + i]);
    }

    /// Sums under way, one kind at a time.
    template <class Sums>
    [[nodiscard, gnu::always_inline]] Sums& in_room() noexcept {
        static_assert(sizeof(Sums) <= sizeof(room_) && std::is_trivially_destructible_v<Sums>);
        return *::new (room_.data()) Sums;
    }

    template <class Pass>
    static constexpr std::size_t room_for = std::max({sizeof(rows_of_tile<Pass>),
                                                      sizeof(direct_columns<Pass, Arch, Element>),
                                                      sizeof(direct_columns<Pass, Arch, compute, Element>),
                                                      sizeof(shifted_row<typename Pass::type>)});
    static constexpr std::size_t room_bytes =
        std::max({room_for<single_pass<compute>>, room_for<single_pass<double>>, room_for<typename Op::finer_pass>});

    const plan& plan_;
    const Element* elements_;
    block_reader<Arch, Element> blocks_;
    alignas(64) lane_values high_;
    alignas(64) lane_values low_;
    alignas(64) lane_values largest_;
    alignas(64) lane_values block_high_; ///< of a block of columns, before it is added to the others
    alignas(64) lane_values block_low_;
    alignas(64) std::array<std::byte, room_bytes> room_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
