// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// One number for each result of a tile, and room for a vector that begins at any of them.
using lane_values = std::array<double, max_tile_width + 64>;

/// What is known of each result of a tile.
template <class Op, class Arch>
struct lane_states {
    using wide = xsimd::batch<double, Arch>;
    using state = typename Op::template state<Arch>;

    alignas(64) lane_values max;
    alignas(64) lane_values high;
    alignas(64) lane_values low;

    /// Nothing yet, for lanes up to `width` and on to the end of the last vector.
    void clear(std::size_t width) noexcept {
        const state nothing = Op::template identity<Arch>();
        for (std::size_t lane = 0; lane < width; lane += wide::size) set(lane, nothing);
    }

    [[nodiscard]] state get(std::size_t lane) const noexcept { return {wide::load_unaligned(&max[lane]), sum(lane)}; }

    [[nodiscard]] math::double_pair<Arch> sum(std::size_t lane) const noexcept {
        return {wide::load_unaligned(&high[lane]), wide::load_unaligned(&low[lane])};
    }

    void set(std::size_t lane, const state& s) noexcept {
        s.max.store_unaligned(&max[lane]);
        s.sum.high.store_unaligned(&high[lane]);
        s.sum.low.store_unaligned(&low[lane]);
    }

    /// Sets the lanes from `lane` on for which `wanted` is true.
    void set_where(const typename wide::batch_bool_type& wanted, std::size_t lane, const state& s) noexcept {
        const state old = get(lane);
        set(lane, {xsimd::select(wanted, s.max, old.max),
                   {xsimd::select(wanted, s.sum.high, old.sum.high), xsimd::select(wanted, s.sum.low, old.sum.low)}});
    }

    /// The state of one lane becomes that of lane 0 of `s` and itself.
    void merge_one(std::size_t lane, const state& s) noexcept {
        const state known{wide(max[lane]), {wide(high[lane]), wide(low[lane])}};
        const state both = Op::merge(known, s);
        max[lane] = both.max.get(0);
        high[lane] = both.sum.high.get(0);
        low[lane] = both.sum.low.get(0);
    }
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
