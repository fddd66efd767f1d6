// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/lane_states.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The way that is right for every element there is: the maximum of a block, then its sum relative to that.
template <class Op, class Arch, class Element>
class general_reduction {
    using compute = compute_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using states = lane_states<Op, Arch>;
    using state = typename states::state;
    using reader = block_reader<Arch, Element>;

    static constexpr std::size_t tile_width = reader::tile_width;
    using narrow_values = std::array<double, tile_width>;

public:
    general_reduction(const plan& p, const Element* elements) noexcept : blocks_(p, elements) {}

    [[nodiscard]] reader& blocks() noexcept { return blocks_; }

    /// Merges some terms of one result into its state.
    void add_row(std::ptrdiff_t offset, const term_range& terms, states& known, std::size_t lane) noexcept {
        blocks_.template visit_row<compute>(
            offset, terms, [&](const compute* x, std::ptrdiff_t n) { known.merge_one(lane, row_state(x, n)); });
    }

    /// Merges some terms of the results of a tile into their states: of those for which `wanted` is not 0.
    void add_columns(const tile& t, const term_range& terms, states& known, const lane_values& wanted) noexcept {
        for_each_part(t, [&](const std::ptrdiff_t* offsets, std::size_t first, std::size_t width) {
            blocks_.template visit_columns<compute>(offsets, width, terms, [&](const column_block<compute>& block) {
                alignas(64) narrow_values max, high, low;
                column_state(block, max, high, low);
                for (std::size_t i = 0; i < block.width; i += wide::size) {
                    const state part{wide::load_aligned(&max[i]),
                                     {wide::load_aligned(&high[i]), wide::load_aligned(&low[i])}};
                    known.set_where(wide::load_unaligned(&wanted[first + i]) != wide(0.0), first + i,
                                    Op::merge(known.get(first + i), part));
                }
            });
        });
    }

    /// Sums again what is so near 0 that its last bit is finer than the sum that made it.
    void refine(const plan& p, const tile& t, lane_values& value, states& known) noexcept {
        using refinement = typename Op::refinement;
        constexpr double epsilon = element_traits<Element>::epsilon;
        const auto needed = [&](std::size_t lane) {
            return refinement::template needs<Arch>(wide::load_aligned(&value[lane]), epsilon);
        };
        bool any = false;
        for (std::size_t lane = 0; lane < t.width; lane += wide::size) any |= xsimd::any(needed(lane));
        if (!any) return;

        const term_range all{0, p.terms};
        const auto is_needed = [&](std::size_t i) { return needed(i / wide::size * wide::size).get(i % wide::size); };
        const auto finish = [&](std::size_t lane) {
            return refinement::template finish<Arch>(wide::load_aligned(&known.max[lane]), known.sum(lane),
                                                     math::exact_count(p.repeats));
        };
        if (p.lie == orientation::columns) {
            // Brought together: of many columns few may be so near 0.
            std::array<std::ptrdiff_t, tile_width> offsets;
            std::array<std::size_t, tile_width> lanes;
            std::size_t count = 0;
            for (std::size_t i = 0; i != t.width; ++i) {
                if (is_needed(i)) {
                    offsets[count] = t.offset_of(i);
                    lanes[count++] = i;
                }
                if (count == 0 || (count != tile_width && i + 1 != t.width)) continue;
                sum_columns(offsets.data(), count, all, known);
                alignas(64) narrow_values finer;
                for (std::size_t k = 0; k < count; k += wide::size) finish(k).store_aligned(&finer[k]);
                for (std::size_t k = 0; k != count; ++k) value[lanes[k]] = finer[k];
                count = 0;
            }
            return;
        }
        for (std::size_t i = 0; i != t.width; ++i)
            if (is_needed(i)) sum_row(t.offset_of(i), i, all, known);
        for (std::size_t lane = 0; lane < t.width; lane += wide::size)
            xsimd::select(needed(lane), finish(lane), wide::load_aligned(&value[lane])).store_aligned(&value[lane]);
    }

private:
    template <class Use>
    static void for_each_part(const tile& t, const Use& use) noexcept {
        std::array<std::ptrdiff_t, tile_width> offsets;
        for (std::size_t first = 0; first < t.width; first += tile_width) {
            const std::size_t width = std::min(tile_width, t.width - first);
            for (std::size_t i = 0; i != width; ++i) offsets[i] = t.offset_of(first + i);
            use(offsets.data(), first, width);
        }
    }

    static state row_state(const compute* x, std::ptrdiff_t n) noexcept {
        const compute max = row_max<Op, Arch>(x, n);
        const wide wide_max(static_cast<double>(max));
        if (is_infinity(max)) {
            auto sum = row_sum<Arch>(x, n, typename Op::template nan_terms<Arch>{});
            return {wide_max, {sum.high + wide(1.0), sum.low}};
        }
        using batch = xsimd::batch<compute, Arch>;
        const auto at = Op::reference(wide_max);
        const auto narrow = [](const wide& value) { return batch(static_cast<compute>(value.get(0))); };
        const typename Op::template terms<Arch> terms({narrow(at.max), narrow(at.offset), narrow(at.exponent)});
        return {wide_max, row_sum<Arch>(x, n, terms)};
    }

    static void column_state(const column_block<compute>& block, narrow_values& max, narrow_values& high,
                             narrow_values& low) noexcept {
        alignas(64) std::array<compute, tile_width> narrow_max;
        alignas(64) narrow_values finite, offset, exponent;
        column_max<Op, Arch>(block, narrow_max.data());
        pack<Arch>(narrow_max.data(), 1, static_cast<std::ptrdiff_t>(block.width), max.data());
        for (std::size_t lane = 0; lane < block.width; lane += wide::size) {
            const auto at = Op::reference(wide::load_aligned(&max[lane]));
            at.max.store_aligned(&finite[lane]);
            at.offset.store_aligned(&offset[lane]);
            at.exponent.store_aligned(&exponent[lane]);
        }
        const auto narrowed = [](const double* from) {
            if constexpr (std::same_as<compute, double>)
                return wide::load_aligned(from);
            else
                return math::narrow<Arch>({wide::load_aligned(from), wide::load_aligned(from + wide::size)});
        };
        const auto terms_at = [&](std::size_t column) {
            return typename Op::template terms<Arch>(
                {narrowed(&finite[column]), narrowed(&offset[column]), narrowed(&exponent[column])});
        };
        column_sum<Arch>(block, terms_at, high.data(), low.data());
        bool infinite = false;
        for (std::size_t i = 0; i != block.width; ++i) infinite |= is_infinity(narrow_max[i]);
        if (!infinite) return;

        narrow_values nan_high, nan_low;
        column_sum<Arch>(
            block, [](std::size_t) { return typename Op::template nan_terms<Arch>{}; }, nan_high.data(),
            nan_low.data());
        for (std::size_t i = 0; i != block.width; ++i) {
            if (!is_infinity(narrow_max[i])) continue;
            high[i] = nan_high[i] + 1.0;
            low[i] = 0.0;
        }
    }

    void sum_row(std::ptrdiff_t offset, std::size_t lane, const term_range& terms, states& known) noexcept {
        compute max = -std::numeric_limits<compute>::infinity();
        blocks_.template visit_row<compute>(
            offset, terms, [&](const compute* x, std::ptrdiff_t n) { max = std::max(max, row_max<Op, Arch>(x, n)); });
        known.max[lane] = static_cast<double>(max);
        const typename Op::refinement::template terms<Arch> of(wide(known.max[lane]));
        math::double_pair<Arch> sum{wide(0.0), wide(0.0)};
        blocks_.template visit_row<double>(offset, terms, [&](const double* x, std::ptrdiff_t n) {
            sum = math::add_pairs(sum, row_sum<Arch>(x, n, of));
        });
        known.high[lane] = sum.high.get(0);
        known.low[lane] = sum.low.get(0);
    }

    /// From lane 0 on.
    void sum_columns(const std::ptrdiff_t* offsets, std::size_t width, const term_range& terms,
                     states& known) noexcept {
        alignas(64) std::array<compute, tile_width> narrow;
        alignas(64) narrow_values max, high, low;
        max.fill(-std::numeric_limits<double>::infinity());
        blocks_.template visit_columns<compute>(offsets, width, terms, [&](const column_block<compute>& block) {
            column_max<Op, Arch>(block, narrow.data());
            for (std::size_t i = 0; i != block.width; ++i) max[i] = std::max(max[i], static_cast<double>(narrow[i]));
        });
        const auto terms_at = [&](std::size_t column) {
            return typename Op::refinement::template terms<Arch>(wide::load_aligned(&max[column]));
        };
        bool is_first = true;
        blocks_.template visit_columns<double>(offsets, width, terms, [&](const column_block<double>& block) {
            column_sum<Arch>(block, terms_at, high.data(), low.data());
            for (std::size_t i = 0; i < block.width; i += wide::size) {
                const math::double_pair<Arch> part{wide::load_aligned(&high[i]), wide::load_aligned(&low[i])};
                known.set(i, {wide::load_aligned(&max[i]), is_first ? part : math::add_pairs(known.sum(i), part)});
            }
            is_first = false;
        });
    }

    template <class T>
    static bool is_infinity(T value) noexcept {
        using bits = xsimd::as_unsigned_integer_t<T>;
        return std::bit_cast<bits>(value) == std::bit_cast<bits>(std::numeric_limits<T>::infinity());
    }

    reader blocks_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
