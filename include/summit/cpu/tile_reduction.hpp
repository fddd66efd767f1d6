// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/tile_sums.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

namespace summit::inline version0::cpu {

/// The reduction of one tile: sums, takes the log, and sums again what came out so near 0 that its last bit is finer than
/// the sum it was made of.
template <class Op, class Arch, class Element, class Threads>
class tile_reduction {
    using compute = compute_t<Element>;
    using result = result_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using sums = tile_sums<Op, Arch, Element>;
    using op_state = typename Op::template state<Arch>;

    static constexpr bool is_float = std::same_as<compute, float>;

    /// Floats this few are summed in double at once: their results are often near 0.
    static constexpr std::ptrdiff_t few_terms = 8;

public:
    static constexpr tiling::widths tile_widths = sums::tile_widths;

    tile_reduction(const plan& p, const tiling& tiles, const Element* elements) noexcept
        : plan_(p), tiles_(tiles), elements_(elements), sums_(p, elements) {}

    void run(std::ptrdiff_t index, result* results) noexcept {
        tiles_.place(index, tile_);
        const lane_range all{0, tile_.width};
        if (plan_.terms == 0) {
            std::fill_n(value_.begin(), tile_.width, Op::empty);
        } else if (plan_.terms == 1 && plan_.repeats == 1) {
            // log(exp(x)) is x, to the last bit.
            for (std::size_t i = 0; i != tile_.width; ++i)
                value_[i] = static_cast<double>(static_cast<compute>(elements_[tile_.offset_of(i)]));
        } else {
            if (!is_float || plan_.terms <= few_terms) {
                reduce<double>(all, value_);
            } else if constexpr (is_float) {
                reduce<float>(all, value_);
                reduce_again();
            }
            sums_.refine(tile_, value_);
        }
        write(results);
    }

private:
    void write(result* results) const noexcept {
        if (tile_.is_regular && tile_.result_stride() == 1)
            for (std::size_t i = 0; i != tile_.width; ++i)
                results[tile_.result_offset[0] + static_cast<std::ptrdiff_t>(i)] = static_cast<result>(value_[i]);
        else
            for (std::size_t i = 0; i != tile_.width; ++i)
                results[tile_.result_offset_of(i)] = static_cast<result>(value_[i]);
    }

    /// In double, where float was too coarse.
    void reduce_again() noexcept {
        const auto needed = [&](std::size_t lane) {
            return Op::template needs_double<Arch>(wide::load_unaligned(&value_[lane]),
                                                   element_traits<Element>::epsilon);
        };
        // One row, a vector of columns, or, where those have to be packed, all of them.
        const std::size_t step = plan_.lie == orientation::rows ? 1
                                 : tile_.is_regular             ? static_cast<std::size_t>(tile_widths.least_run)
                                                                : tile_.width;
        for (std::size_t first = 0; first < tile_.width; first += step) {
            const lane_range lanes{std::min(first, tile_.width - step), std::min(first, tile_.width - step) + step};
            bool any = false;
            for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                any |= step == 1 ? (needed(lane).mask() & 1) != 0 : xsimd::any(needed(lane));
            if (!any) continue;
            alignas(64) lane_values finer;
            reduce<double>(lanes, finer);
            for (std::size_t i = lanes.first; i != lanes.last; ++i)
                if (needed(i).get(0)) value_[i] = finer[i];
        }
    }

    /// Computes in C.
    template <class C>
    void reduce(const lane_range& lanes, lane_values& value) noexcept {
        const auto repeats = static_cast<double>(plan_.repeats);
        if (tiles_.parts() != 1) {
            reduce_parts<C>(lanes, value);
        } else {
            sums_.template sum<C>(tile_, lanes, {0, plan_.terms});
            for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                sums_.template log<C>(lane, repeats).store_unaligned(&value[lane]);
        }
        // Lanes without a result: nothing near 0, which would ask for another sum.
        std::fill_n(value.begin() + static_cast<std::ptrdiff_t>(lanes.last), wide::size,
                    block_reader<Arch, Element>::padding);
    }

    /// Part by part, on as many threads as there are; merged in the order of the parts.
    template <class C>
    [[gnu::noinline]] void reduce_parts(const lane_range& lanes, lane_values& value) noexcept {
        struct part_states {
            std::array<double, static_cast<std::size_t>(tiling::part_results)> max, high, low;
        } parts;
        const std::size_t width = (lanes.last - lanes.first + wide::size - 1) / wide::size * wide::size;
        Threads::for_each(tiles_.parts(), true, [&](std::ptrdiff_t i) {
            sums part(plan_, elements_);
            part.template sum<C>(tile_, lanes, tiles_.part(i));
            for (std::size_t k = 0; k != width; k += wide::size) {
                const op_state state = part.template state<C>(lanes.first + k);
                const std::size_t at = static_cast<std::size_t>(i) * width + k;
                state.max.store_unaligned(&parts.max[at]);
                state.sum.high.store_unaligned(&parts.high[at]);
                state.sum.low.store_unaligned(&parts.low[at]);
            }
        });
        const auto repeats = static_cast<double>(plan_.repeats);
        const auto part = [&](std::ptrdiff_t i, std::size_t k) {
            const std::size_t at = static_cast<std::size_t>(i) * width + k;
            return op_state{wide::load_unaligned(&parts.max[at]),
                            {wide::load_unaligned(&parts.high[at]), wide::load_unaligned(&parts.low[at])}};
        };
        for (std::size_t k = 0; k != width; k += wide::size) {
            // Sums of exp(x) itself need no rescaling; and no lane's bits depend on what its neighbours need.
            op_state first = part(0, k);
            auto is_direct = first.max == wide(0.0);
            for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i) {
                const op_state next = part(i, k);
                is_direct = is_direct & (next.max == wide(0.0));
                first.sum = math::add_pairs(first.sum, next.sum);
            }
            is_direct = is_direct & op::in_range<double>(first.sum.high);
            wide log = Op::finish_direct(first.sum, repeats);
            if (!xsimd::all(is_direct)) {
                op_state all = part(0, k);
                for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i) all = Op::merge(all, part(i, k));
                log = xsimd::select(is_direct, log, Op::finish(all, repeats));
            }
            log.store_unaligned(&value[lanes.first + k]);
        }
    }

    const plan& plan_;
    const tiling& tiles_;
    const Element* elements_;
    sums sums_;
    tile tile_;
    alignas(64) lane_values value_;
};

} // namespace summit::inline version0::cpu
