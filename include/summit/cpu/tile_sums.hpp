// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/direct_columns.hpp>
#include <summit/cpu/direct_rows.hpp>
#include <summit/cpu/far_rows.hpp>
#include <summit/cpu/general.hpp>
#include <summit/cpu/lane_states.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/exp.hpp>
#include <summit/op/direct_sum.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <new>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Neighbouring lanes of a tile.
struct lane_range {
    std::size_t first;
    std::size_t last;
};

/// Sums some terms of some results of a tile: directly, and where that is out of range, block by block, in the general way.
template <class Op, class Arch, class Element>
class tile_sums {
    using compute = compute_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using states = lane_states<Op, Arch>;

    /// Rows of columns between two looks at whether the direct sum is in range: many, as a look takes as long as a few rows;
    /// fewer where the sum is a plain one.
    template <class C>
    static constexpr std::ptrdiff_t rows_of_block = sizeof(C) == sizeof(compute) ? 256 : 64;

    /// Whether rows far from 0 are summed less their maximum. Other elements would have to be packed first, and floats that are
    /// summed in double are near 0.
    template <class C>
    static constexpr bool shifts = std::same_as<Element, C>;

    static constexpr std::size_t irregular_width = block_reader<Arch, Element>::tile_width;

public:
    /// Terms of a row between two looks at whether the direct sum is in range.
    static constexpr std::ptrdiff_t row_block = 16384;

    /// Without FMA the direct terms of floats would lose their digits.
    template <class C>
    static constexpr bool sums_directly = sizeof(C) == sizeof(double) || math::fuses_multiply_add<Arch>;

    /// Twice the distance, about, from the log of a sum down to its mean argument: the log of the terms, and where each counts
    /// several times, twice that of how often.
    [[nodiscard, gnu::always_inline]] static double log_of(std::ptrdiff_t terms, std::ptrdiff_t repeats = 1) noexcept {
        const auto log2 = [](std::ptrdiff_t n) { return std::bit_width(static_cast<std::size_t>(n)); };
        return 0.69 * static_cast<double>(log2(terms) + 2 * (log2(repeats) - 1));
    }

    /// As wide on every architecture: the widest vector decides.
    static constexpr tiling::widths tile_widths = {
        .rows = 16, .pieces = 128, .least_run = 64 / sizeof(compute), .irregular = irregular_width};

    tile_sums(const plan& p, const Element* elements) noexcept : plan_(p), elements_(elements), general_(p, elements) {}

    /// Computes in C.
    template <class C>
    void sum(const tile& t, const lane_range& lanes, const term_range& terms) noexcept {
        is_direct_ = sums_directly<C>;
        is_shifted_ = false;
        terms_ = terms.count;
        if constexpr (sums_directly<C>) {
            if (plan_.lie == orientation::rows) {
                for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size) {
                    wide(0.0).store_unaligned(&high_[lane]);
                    wide(0.0).store_unaligned(&low_[lane]);
                }
                sum_rows<C>(t, lanes, terms);
            } else if (t.is_regular)
                sum_columns<C>(t, lanes, terms);
            else
                sum_packed_columns<C>(t, terms);
        } else {
            states_.clear(lanes.last);
            needs_states_.fill(1.0);
            if (plan_.lie == orientation::rows)
                for (std::size_t i = lanes.first; i != lanes.last; ++i)
                    general_.add_row(t.offset[i], terms, states_, i);
            else
                general_.add_columns(t, terms, states_, needs_states_);
        }
    }

    /// All terms, of which log() is wanted and not state(): rows may be summed less their maximum.
    template <class C>
    void sum_all(const tile& t, const lane_range& lanes) noexcept {
        may_shift_ = shifts<C> && plan_.lie == orientation::rows && plan_.reduced.size() == 1 &&
                     plan_.reduced.innermost().stride == 1 && plan_.terms <= row_block;
        sum<C>(t, lanes, {0, plan_.terms});
        may_shift_ = false;
    }

    /// The logs of the sums, `repeats` times.
    template <class C>
    void log(const lane_range& lanes, const math::exact_count& repeats, lane_values& value) const noexcept {
        if constexpr (sums_directly<C>) {
            const double log_terms = log_of(terms_, plan_.repeats);
            for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                Op::template finish_total<C, Arch>(total(lane), repeats, log_terms).store_unaligned(&value[lane]);
            if (is_shifted_)
                for (std::size_t i = lanes.first; i != lanes.last; ++i) value[i] += shift_[i];
            if (is_direct_) return;
        }
        log_with_others<C>(lanes, repeats, value);
    }

    /// Of the lanes from `lane` on, everything.
    template <class C>
    [[nodiscard]] typename states::state state(std::size_t lane) const noexcept {
        if constexpr (!sums_directly<C>) return states_.get(lane);
        const auto part = Op::relative_to_nothing(direct<C>(lane));
        return is_direct_ ? part : Op::merge(part, states_.get(lane));
    }

    /// Reads what cannot be summed where it lies.
    [[nodiscard]] block_reader<Arch, Element>& blocks() noexcept { return general_.blocks(); }

    void refine(const tile& t, lane_values& value) noexcept { general_.refine(plan_, t, value, states_); }

private:
    /// The logs of those sums that were not all in range.
    template <class C>
    [[gnu::noinline]] void log_with_others(const lane_range& lanes, const math::exact_count& repeats,
                                           lane_values& value) const noexcept {
        for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size) {
            const wide all = Op::finish(state<C>(lane), repeats);
            const auto wanted = wide::load_unaligned(&needs_states_[lane]) != wide(0.0);
            xsimd::select(wanted, all, wide::load_unaligned(&value[lane])).store_unaligned(&value[lane]);
        }
    }

    /// Of the lanes from `lane` on, the sums of exp(x) that were in range.
    template <class C>
    [[nodiscard, gnu::always_inline]] math::double_pair<Arch> direct(std::size_t lane) const noexcept {
        return op::direct_sum<C>::value(total(lane), log_of(terms_));
    }

    [[nodiscard, gnu::always_inline]] math::double_pair<Arch> total(std::size_t lane) const noexcept {
        return {wide::load_unaligned(&high_[lane]), wide::load_unaligned(&low_[lane])};
    }

    template <class C>
    void sum_rows(const tile& t, const lane_range& lanes, const term_range& terms) noexcept {
        const std::ptrdiff_t stride = plan_.reduced.empty() ? 1 : plan_.reduced.innermost().stride;
        const strided_loader<C, Arch, Element> load(stride);
        if constexpr (shifts<C>)
            if (may_shift_ && seem_far<C>(t, lanes)) {
                for (std::size_t i = lanes.first; i != lanes.last; ++i)
                    if (!sum_far_row<C>(t, i, surely_far_rows<C>)) sum_rows_together<C>(t, {i, i + 1}, terms, load);
                return;
            }
        // Together, so that no row's end waits for the one before it, and as memory lies where they are in several pieces.
        // Long rows in one piece each: one after the other.
        if (plan_.reduced.size() > 1 || terms.count <= row_block)
            sum_rows_together<C>(t, lanes, terms, load);
        else
            for (std::size_t i = lanes.first; i != lanes.last; ++i) sum_rows_together<C>(t, {i, i + 1}, terms, load);
    }

    template <class C>
    [[nodiscard]] bool seem_far(const tile& t, const lane_range& lanes) const noexcept {
        // Most rows are not: the first to say so is the last that is asked.
        for (std::size_t i = lanes.first; i != lanes.last; ++i)
            if (!seems_far<C>(elements_ + t.offset[i], terms_)) return false;
        return true;
    }

    /// Less its maximum, if that is far from 0. Says whether it was.
    template <class C>
    bool sum_far_row(const tile& t, std::size_t lane, const far_range& range) noexcept {
        if constexpr (shifts<C>) {
            if (!may_shift_) return false;
            const auto sum = sum_shifted<Op, C, Arch>(elements_ + t.offset[lane], terms_, range);
            if (!sum.is_known) return false;
            if (!is_shifted_) shift_.fill(0.0);
            is_shifted_ = true;
            high_[lane] = sum.total.high.get(0);
            low_[lane] = sum.total.low.get(0);
            shift_[lane] = sum.maximum;
            return true;
        } else {
            return false;
        }
    }

    template <class C>
    void sum_rows_together(const tile& t, const lane_range& lanes, const term_range& terms,
                           const strided_loader<C, Arch, Element>& load) noexcept {
        auto& rows = in_room<direct_rows_of<C>>();
        cursor next(plan_.reduced);
        next.seek(terms.first);
        for (std::ptrdiff_t done = 0; done != terms.count;) {
            const term_range block{terms.first + done, std::min(terms.count - done, row_block)};
            for (std::size_t i = lanes.first; i != lanes.last; ++i) rows[i - lanes.first].start();
            for (std::ptrdiff_t of_block = 0; of_block != block.count;) {
                const std::ptrdiff_t run = std::min(block.count - of_block, next.run());
                direct_row<C, Arch, Element>::add(rows.data(), elements_ + next.offset(), &t.offset[lanes.first],
                                                  lanes.last - lanes.first, run, load);
                next.advance(run);
                of_block += run;
            }
            for (std::size_t i = lanes.first; i != lanes.last; ++i)
                close_row<C>(t, i, rows[i - lanes.first], block, done == 0);
            done += block.count;
        }
    }

    template <class C>
    [[gnu::always_inline]] void close_row(const tile& t, std::size_t lane, const direct_row<C, Arch, Element>& row,
                                          const term_range& block, bool is_first) noexcept {
        const auto total = row.total();
        if (xsimd::all(op::in_range<C>(total.high))) {
            const auto sum = is_first ? total : math::add_pairs<Arch>({wide(high_[lane]), wide(low_[lane])}, total);
            high_[lane] = sum.high.get(0);
            low_[lane] = sum.low.get(0);
        } else if (!sum_far_row<C>(t, lane, far_rows<C>)) {
            fall_back(t);
            needs_states_[lane] = 1.0;
            general_.add_row(t.offset[lane], block, states_, lane);
        }
    }

    template <class C>
    void sum_columns(const tile& t, const lane_range& lanes, const term_range& terms) noexcept {
        const strided_loader<C, Arch, Element> load(t.stride());
        auto& columns = in_room<direct_columns<C, Arch, Element>>();
        std::array<std::ptrdiff_t, static_cast<std::size_t>(rows_of_block<C>)> offsets;
        cursor next(plan_.reduced);
        next.seek(terms.first);
        for (std::ptrdiff_t done = 0; done != terms.count;) {
            const term_range block{terms.first + done, std::min(terms.count - done, rows_of_block<C>)};
            for (std::ptrdiff_t r = 0; r != block.count; ++r, next.advance(1))
                offsets[static_cast<std::size_t>(r)] = next.offset();
            columns.start(lanes.last - lanes.first);
            columns.add(elements_ + t.offset_of(lanes.first), offsets.data(), block.count, load);
            close_columns<C>(t, lanes, columns, block, done == 0);
            done += block.count;
        }
    }

    template <class C>
    void sum_packed_columns(const tile& t, const term_range& terms) noexcept {
        auto& columns = in_room<direct_columns<C, Arch, compute, Element>>();
        std::array<std::ptrdiff_t, static_cast<std::size_t>(rows_of_block<C>)> offsets;
        std::ptrdiff_t done = 0;
        general_.blocks().template visit_columns<compute>(
            t.offset.data(), t.width, terms, [&](const column_block<compute>& block) {
                for (std::size_t r = 0; r != static_cast<std::size_t>(block.count); ++r)
                    offsets[r] = block.rows[r] - block.rows[0];
                columns.start(block.width);
                columns.add(block.rows[0], offsets.data(), block.count, strided_loader<C, Arch, compute>(1));
                close_columns<C>(t, {0, t.width}, columns, {terms.first + done, block.count}, done == 0);
                done += block.count;
            });
    }

    template <class C, class Columns>
    void close_columns(const tile& t, const lane_range& lanes, const Columns& columns, const term_range& block,
                       bool is_first) noexcept {
        double* const to_high = is_first ? &high_[lanes.first] : block_high_.data();
        double* const to_low = is_first ? &low_[lanes.first] : block_low_.data();
        columns.store(to_high, to_low);
        const std::size_t width = lanes.last - lanes.first;
        for (std::size_t i = width; i % wide::size != 0; ++i) to_high[i] = to_high[0];
        auto in_range = op::in_range<C>(wide::load_unaligned(to_high));
        for (std::size_t i = wide::size; i < width; i += wide::size)
            in_range = in_range & op::in_range<C>(wide::load_unaligned(to_high + i));
        if (!xsimd::all(in_range)) leave_to_general<C>(t, lanes, block, to_high, to_low);
        if (is_first) return;
        for (std::size_t i = 0; i < width; i += wide::size) {
            const std::size_t lane = lanes.first + i;
            const auto total =
                math::add_pairs<Arch>({wide::load_unaligned(&high_[lane]), wide::load_unaligned(&low_[lane])},
                                      {wide::load_aligned(&block_high_[i]), wide::load_aligned(&block_low_[i])});
            total.high.store_unaligned(&high_[lane]);
            total.low.store_unaligned(&low_[lane]);
        }
    }

    /// Of a block of columns, those that are out of range: lane by lane, so that no result depends on its neighbours.
    template <class C>
    [[gnu::noinline]] void leave_to_general(const tile& t, const lane_range& lanes, const term_range& block,
                                            double* high, double* low) noexcept {
        fall_back(t);
        lost_.fill(0.0);
        for (std::size_t i = 0; i != lanes.last - lanes.first; ++i) {
            if (xsimd::all(op::in_range<C>(wide(high[i])))) continue;
            lost_[lanes.first + i] = 1.0;
            high[i] = low[i] = 0.0;
        }
        general_.add_columns(t, block, states_, lost_);
        for (std::size_t i = lanes.first; i != lanes.last; ++i)
            if (lost_[i] > 0.0) needs_states_[i] = 1.0;
    }

    void fall_back(const tile& t) noexcept {
        if (is_direct_) {
            states_.clear(t.width);
            needs_states_.fill(0.0);
        }
        is_direct_ = false;
    }

    template <class C>
    using direct_rows_of = std::array<direct_row<C, Arch, Element>, static_cast<std::size_t>(tile_widths.pieces)>;

    /// Sums under way: of rows or of columns, one kind at a time.
    template <class Sums>
    [[nodiscard, gnu::always_inline]] Sums& in_room() noexcept {
        static_assert(sizeof(Sums) <= sizeof(room_) && std::is_trivially_destructible_v<Sums>);
        return *::new (room_.data()) Sums;
    }

    static constexpr std::size_t room_bytes =
        std::max({sizeof(direct_rows_of<compute>), sizeof(direct_rows_of<double>),
                  sizeof(direct_columns<compute, Arch, Element>), sizeof(direct_columns<double, Arch, Element>),
                  sizeof(direct_columns<compute, Arch, compute, Element>),
                  sizeof(direct_columns<double, Arch, compute, Element>)});

    const plan& plan_;
    const Element* elements_;
    general_reduction<Op, Arch, Element> general_;
    bool is_direct_ = true;
    bool may_shift_ = false;
    bool is_shifted_ = false;
    std::ptrdiff_t terms_ = 0;
    states states_;                        ///< of what was out of range
    alignas(64) lane_values needs_states_; ///< 1 where something was, 0 elsewhere; without meaning while is_direct_
    /// What the rows of a tile were summed less; without meaning while not is_shifted_.
    std::array<double, static_cast<std::size_t>(tile_widths.rows)> shift_;
    alignas(64) lane_values high_; ///< of the direct sums
    alignas(64) lane_values low_;
    alignas(64) lane_values block_high_; ///< of a block of columns, before it is added to the others
    alignas(64) lane_values block_low_;
    alignas(64) lane_values lost_; ///< 1 where the sum of a block was out of range, 0 elsewhere
    alignas(64) std::array<std::byte, room_bytes> room_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
