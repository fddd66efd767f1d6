// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/tile_sums.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>

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

    static constexpr double epsilon = element_traits<Element>::epsilon;

public:
    static constexpr tiling::widths tile_widths = sums::tile_widths;

    tile_reduction(const plan& p, const tiling& tiles, const Element* elements) noexcept
        : plan_(p), tiles_(tiles), elements_(elements), sums_(p, elements) {}

    /// Reduces one short row of which nothing has to be looked at again, without a tile: to set one up takes longer than
    /// such a row takes to sum. Says whether this was one; if not, it is for run(). The bits are the same.
    static bool reduce_one_row(const plan& p, const Element* elements, result* results) noexcept {
        if (p.results != 1 || p.reduced.size() != 1 || p.terms > sums::row_block) return false;
        const Element* const from = elements + p.origin;
        bool in_double = !is_float || p.terms <= few_terms;
        wide log;
        if constexpr (is_float) {
            if (!in_double) {
                if (!sum_one_row<float>(p, from, log)) return false;
                in_double = xsimd::any(Op::template needs_double<Arch>(log, epsilon, false));
            }
        }
        if (in_double && !sum_one_row<double>(p, from, log)) return false;
        if (xsimd::any(Op::refinement::template needs<Arch>(log, epsilon))) return false;
        results[p.result_origin] = static_cast<result>(log.get(0));
        return true;
    }

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
                reduce<double>(tile_, all, value_);
            } else if constexpr (is_float) {
                reduce<float>(tile_, all, value_);
                reduce_again();
            }
            sums_.refine(tile_, value_);
        }
        write(results);
    }

private:
    /// The log of a row's sum in every lane, computed in C; false where no direct sum holds it. Not inline: side by side the
    /// two would keep each other's constants in registers.
    template <class C>
    [[nodiscard, gnu::noinline]] static bool sum_one_row(const plan& p, const Element* from, wide& log) noexcept {
        if constexpr (!sums::template sums_directly<C>) return false;
        direct_row<C, Arch, Element> row;
        row.start();
        row.add(from, p.terms, strided_loader<C, Arch, Element>(p.reduced.innermost().stride));
        const auto total = row.total();
        log =
            Op::template finish_total<C, Arch>(total, static_cast<double>(p.repeats), sums::log_of(p.terms, p.repeats));
        return xsimd::all(op::in_range<C>(total.high));
    }

    void write(result* results) const noexcept {
        std::size_t i = 0;
        if constexpr (std::same_as<result, float>)
            if (tile_.is_regular && tile_.result_stride() == 1)
                for (; i + 2 * wide::size <= tile_.width; i += 2 * wide::size)
                    math::narrow<Arch>(
                        {wide::load_unaligned(&value_[i]), wide::load_unaligned(&value_[i + wide::size])})
                        .store_unaligned(results + tile_.result_offset_of(i));
        for (; i != tile_.width; ++i) results[tile_.result_offset_of(i)] = static_cast<result>(value_[i]);
    }

    /// Lanes from `lane` on whose sum in float was too coarse, a bit for each.
    [[nodiscard]] std::uint64_t coarse(std::size_t lane) const noexcept {
        const bool added_singly = plan_.lie == orientation::columns && plan_.terms < short_row;
        return Op::template needs_double<Arch>(wide::load_unaligned(&value_[lane]), epsilon, added_singly).mask();
    }

    /// In double, where float was too coarse.
    void reduce_again() noexcept {
        if (tile_.is_regular && tiles_.parts() == 1) {
            std::size_t count = 0;
            for (std::size_t lane = 0; lane < tile_.width; lane += wide::size)
                count += static_cast<std::size_t>(std::popcount(coarse(lane)));
            // Packed, a lane takes some eight times as long as among its neighbours.
            if (count < tile_.width / 8) return reduce_scattered_again();
        }
        // One row, a vector of columns, or, where those have to be packed, all of them.
        const std::size_t step = plan_.lie == orientation::rows ? 1
                                 : tile_.is_regular             ? static_cast<std::size_t>(tile_widths.least_run)
                                                                : tile_.width;
        for (std::size_t first = 0; first < tile_.width; first += step) {
            const lane_range lanes{std::min(first, tile_.width - step), std::min(first, tile_.width - step) + step};
            bool any = false;
            for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                any |= step == 1 ? (coarse(lane) & 1U) != 0 : coarse(lane) != 0;
            if (!any) continue;
            alignas(64) lane_values finer;
            reduce<double>(tile_, lanes, finer);
            for (std::size_t i = lanes.first; i != lanes.last; ++i)
                if ((coarse(i) & 1U) != 0) value_[i] = finer[i];
        }
    }

    /// The same for a few lanes of many, brought together.
    [[gnu::noinline]] void reduce_scattered_again() noexcept {
        std::array<std::size_t, static_cast<std::size_t>(tile_widths.irregular)> lanes;
        tile together;
        alignas(64) lane_values finer;
        const auto flush = [&] {
            if (together.width == 0) return;
            reduce<double>(together, {0, together.width}, finer);
            for (std::size_t i = 0; i != together.width; ++i) value_[lanes[i]] = finer[i];
            together.width = 0;
        };
        for (std::size_t first = 0; first < tile_.width; first += wide::size) {
            std::uint64_t left = coarse(first);
            for (; left != 0; left &= left - 1) {
                const std::size_t lane = first + static_cast<std::size_t>(std::countr_zero(left));
                if (lane >= tile_.width) break;
                lanes[together.width] = lane;
                together.offset[together.width++] = tile_.offset_of(lane);
                if (together.width == lanes.size()) flush();
            }
        }
        flush();
    }

    /// Computes in C.
    template <class C>
    void reduce(const tile& t, const lane_range& lanes, lane_values& value) noexcept {
        const auto repeats = static_cast<double>(plan_.repeats);
        if (tiles_.parts() != 1) {
            reduce_parts<C>(lanes, value);
        } else {
            sums_.template sum<C>(t, lanes, {0, plan_.terms});
            sums_.template log<C>(lanes, repeats, value);
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
