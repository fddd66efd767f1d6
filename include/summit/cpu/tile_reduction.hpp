// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/far_columns.hpp>
#include <summit/cpu/short_tiles.hpp>
#include <summit/cpu/tile_sums.hpp>
#include <summit/cpu/workspace.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

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

    /// Floats this few of a row are summed in double at once: their results are often near 0.
    static constexpr std::ptrdiff_t few_terms_of_row = 8;

    static constexpr double epsilon = element_traits<Element>::epsilon;

public:
    static constexpr tiling::widths tile_widths = sums::tile_widths;

    /// The states of all parts of a tile's results, part by part in whole vectors.
    struct part_states {
        std::size_t width;
        std::array<double, static_cast<std::size_t>(tiling::part_results)> max, high, low;

        [[nodiscard]] std::size_t place(std::ptrdiff_t part, std::size_t lane) const noexcept {
            return static_cast<std::size_t>(part) * width + lane;
        }
    };

    /// Where tiles in several parts are summed: by `team` threads, each with sums of its own.
    struct parts_room {
        part_states* states = nullptr;
        sums* of_worker = nullptr;
        int team = 1;
    };

    /// What parts_room needs in a workspace: nothing where a tile is one part.
    [[nodiscard]] static std::size_t parts_bytes(const tiling& tiles, int team) noexcept {
        return tiles.parts() == 1 ? 0 : workspace_bytes<part_states>() + workspace_bytes<sums>(team);
    }
    [[nodiscard]] static parts_room take_parts(workspace<Arch>& memory, const tiling& tiles, int team) noexcept {
        if (tiles.parts() == 1) return {};
        return {::new (memory.template take<part_states>()) part_states,
                static_cast<sums*>(memory.template take<sums>(team)), team};
    }

    tile_reduction(const plan& p, const tiling& tiles, const Element* elements, const parts_room& parts) noexcept
        : plan_(p), tiles_(tiles), elements_(elements), parts_(parts), sums_(p, elements) {}

    /// Reduces one short row of which nothing has to be looked at again, without a tile: to set one up takes longer than
    /// such a row takes to sum. Says whether this was one; if not, it is for run(). The bits are the same.
    static bool reduce_one_row(const plan& p, const Element* elements, result* results) noexcept {
        if (p.results != 1 || p.reduced.size() != 1 || p.terms > sums::row_block) return false;
        const Element* const from = elements + p.origin;
        bool in_double = !is_float || p.terms <= few_terms_of_row;
        wide log;
        if constexpr (is_float) {
            if (!in_double) {
                if (!sum_one_row<float>(p, from, log)) return false;
                in_double = xsimd::any(Op::template needs_double<Arch>(log, epsilon));
            }
        }
        if (in_double && !sum_one_row<double>(p, from, log)) return false;
        if (xsimd::any(Op::refinement::template needs<Arch>(log, epsilon))) return false;
        results[p.result_origin] = static_cast<result>(log.get(0));
        return true;
    }

    /// The tiles from `first` on, before `last`.
    void run(std::ptrdiff_t first, std::ptrdiff_t last, result* results) noexcept {
        for (std::ptrdiff_t i = first; i != last; ++i) run(i, results);
        if (put_off_.width != 0) sum_put_off(results);
    }

private:
    /// One tile, but for the results that are put off.
    void run(std::ptrdiff_t index, result* results) noexcept {
        tiles_.place(index, tile_);
        if constexpr (sums::template sums_directly<compute>)
            if (has_few_terms() && plan_.repeats == 1) return reduce_and_write(results);
        if (plan_.terms == 0) {
            std::fill_n(value_.begin(), tile_.width, Op::empty);
        } else if (plan_.terms == 1 && plan_.repeats == 1) {
            // log(exp(x)) is x, to the last bit.
            for (std::size_t i = 0; i != tile_.width; ++i)
                value_[i] = static_cast<double>(static_cast<compute>(elements_[tile_.offset_of(i)]));
        } else {
            const lane_range all{0, tile_.width};
            if (!is_float || plan_.terms <= few_terms_of_row || has_few_terms()) {
                reduce<double>(tile_, all, value_);
            } else if constexpr (is_float) {
                reduce<float>(tile_, all, value_);
                const doubtful_results coarse = too_coarse();
                if (are_scattered(coarse)) {
                    write(tile_, results);
                    return put_off(coarse, results);
                }
                reduce_again(coarse);
            }
            sums_.refine(tile_, value_);
        }
        write(tile_, results);
    }

    /// The log of a row's sum in every lane, computed in C; false where no direct sum holds it. Not inline: side by side the
    /// two would keep each other's constants in registers.
    template <class C>
    [[nodiscard, gnu::noinline]] static bool sum_one_row(const plan& p, const Element* from, wide& log) noexcept {
        if constexpr (!sums::template sums_directly<C>) return false;
        direct_row<C, Arch, Element> row;
        row.start();
        row.add(from, p.terms, p.reduced.innermost().stride);
        const auto total = row.total();
        log = Op::template finish_total<C, Arch>(total, math::exact_count(p.repeats), sums::log_of(p.terms, p.repeats));
        return xsimd::all(op::in_range<C>(total.high));
    }

    // Rows of short_row terms and more make regular tiles only: others would be brought together in several blocks.
    static_assert(tile_widths.least_run <= few_results);
    [[nodiscard]] bool has_few_terms() const noexcept { return plan_.terms > 1 && plan_.has_few_terms(); }

    /// Results of a few terms: at once, and those that are not to be trusted once more.
    void reduce_and_write(result* results) noexcept {
        doubtful_results doubtful{};
        const auto reduce_to = [&](compute* logs) {
            reduce_short_tile(plan_, tile_, elements_, sums_.blocks(), logs, doubtful);
        };
        bool in_place = false;
        if constexpr (std::same_as<result, compute>) {
            in_place = tile_.is_regular && tile_.result_stride() == 1;
            if (in_place) reduce_to(results + tile_.result_offset_of(0));
        }
        if (!in_place) {
            reduce_to(logs_.data());
            for (std::size_t i = 0; i != tile_.width; ++i)
                results[tile_.result_offset_of(i)] = static_cast<result>(static_cast<double>(logs_[i]));
        }
        put_off(doubtful, results);
    }

    /// Lists them, to be summed again in double: those of several tiles together, as a few at a time would take longer.
    void put_off(const doubtful_results& doubtful, result* results) noexcept {
        for (std::size_t first = 0; first < tile_.width; first += 64)
            for (std::uint64_t left = doubtful[first / 64]; left != 0; left &= left - 1) {
                const std::size_t lane = first + static_cast<std::size_t>(std::countr_zero(left));
                if (lane >= tile_.width) break;
                put_off_.offset[put_off_.width] = tile_.offset_of(lane);
                put_off_.result_offset[put_off_.width] = tile_.result_offset_of(lane);
                if (++put_off_.width == static_cast<std::size_t>(tile_widths.irregular)) sum_put_off(results);
            }
    }

    [[gnu::noinline]] void sum_put_off(result* results) noexcept {
        log_put_off(results);
        sums_.refine(put_off_, value_);
        write(put_off_, results);
        put_off_.width = 0;
    }

    /// What a result was put off for shows in the log that it has: near 0, or else of a sum out of range. Lane by lane, so that
    /// none depends on its neighbours.
    void log_put_off(const result* results) noexcept {
        const lane_range all{0, put_off_.width};
        const auto log = [&](std::size_t i) {
            return static_cast<double>(static_cast<compute>(results[put_off_.result_offset[i]]));
        };
        const auto is_far = [&](std::size_t i) {
            constexpr auto limit = std::bit_cast<std::uint64_t>(16.0);
            return (std::bit_cast<std::uint64_t>(log(i)) & ~std::uint64_t{0} >> 1) >= limit;
        };
        bool any_far = false, any_left = false;
        for (std::size_t i = 0; i != all.last; ++i) any_far |= is_far(i);
        if (any_far)
            log_far_columns<Arch>(sums_.blocks(), put_off_.offset.data(), all.last, plan_.terms, value_.data());
        std::array<bool, static_cast<std::size_t>(tile_widths.irregular)> is_left{};
        for (std::size_t i = 0; i != all.last; ++i) {
            if (is_far(i)) {
                is_left[i] = is_not_a_number(value_[i]);
            } else {
                // In double the log is as good as can be without the maximum.
                is_left[i] = is_float;
                value_[i] = log(i);
            }
            any_left |= is_left[i];
        }
        std::fill_n(&value_[all.last], wide::size, block_reader<Arch, Element>::padding);
        if (!any_left) return;
        reduce<double>(put_off_, all, again_);
        for (std::size_t i = 0; i != all.last; ++i)
            if (is_left[i]) value_[i] = again_[i];
    }

    [[gnu::noinline]] void write(const tile& t, result* results) const noexcept {
        std::size_t i = 0;
        if constexpr (std::same_as<result, float>)
            if (t.is_regular && t.result_stride() == 1)
                for (; i + 2 * wide::size <= t.width; i += 2 * wide::size)
                    math::narrow<Arch>(
                        {wide::load_unaligned(&value_[i]), wide::load_unaligned(&value_[i + wide::size])})
                        .store_unaligned(results + t.result_offset_of(i));
        for (; i != t.width; ++i) results[t.result_offset_of(i)] = static_cast<result>(value_[i]);
    }

    /// The results whose sum in float is too coarse for them.
    [[nodiscard]] doubtful_results too_coarse() const noexcept {
        doubtful_results coarse{};
        for (std::size_t lane = 0; lane < tile_.width; lane += wide::size) {
            const auto log = wide::load_unaligned(&value_[lane]);
            coarse[lane / 64] |= Op::template needs_double<Arch>(log, epsilon).mask() << lane % 64;
        }
        return coarse;
    }

    /// Whether they are few of many: brought together, a result takes some eight times as long as among its neighbours.
    [[nodiscard]] bool are_scattered(const doubtful_results& results) const noexcept {
        if (!tile_.is_regular || tiles_.parts() != 1) return false;
        std::size_t count = 0;
        for (const std::uint64_t word : results) count += static_cast<std::size_t>(std::popcount(word));
        return count < tile_.width / 8;
    }

    /// In double, where float was too coarse: one row, a vector of columns, or, where those have to be packed, all of them.
    void reduce_again(const doubtful_results& coarse) noexcept {
        const auto is_coarse = [&](std::size_t lane) { return (coarse[lane / 64] >> lane % 64 & 1U) != 0; };
        if (coarse == doubtful_results{}) return;
        const std::size_t step = plan_.lie == orientation::rows ? 1
                                 : tile_.is_regular             ? static_cast<std::size_t>(tile_widths.least_run)
                                                                : tile_.width;
        for (std::size_t first = 0; first < tile_.width; first += step) {
            const lane_range lanes{std::min(first, tile_.width - step), std::min(first, tile_.width - step) + step};
            bool any = false;
            for (std::size_t lane = lanes.first; lane != lanes.last; ++lane) any |= is_coarse(lane);
            if (!any) continue;
            reduce<double>(tile_, lanes, again_);
            for (std::size_t i = lanes.first; i != lanes.last; ++i)
                if (is_coarse(i)) value_[i] = again_[i];
        }
    }

    /// Computes in C.
    template <class C>
    void reduce(const tile& t, const lane_range& lanes, lane_values& value) noexcept {
        const math::exact_count repeats(plan_.repeats);
        if (tiles_.parts() != 1) {
            reduce_parts<C>(lanes, value);
        } else {
            sums_.template sum_all<C>(t, lanes);
            sums_.template log<C>(lanes, repeats, value);
        }
        // Lanes without a result: nothing near 0, which would ask for another sum.
        std::fill_n(value.begin() + static_cast<std::ptrdiff_t>(lanes.last), wide::size,
                    block_reader<Arch, Element>::padding);
    }

    /// Part by part, on as many threads as there are.
    template <class C>
    [[gnu::noinline]] void reduce_parts(const lane_range& lanes, lane_values& value) noexcept {
        part_states& parts = *parts_.states;
        parts.width = (lanes.last - lanes.first + wide::size - 1) / wide::size * wide::size;
        Threads::for_each(tiles_.parts(), parts_.team, [&](std::ptrdiff_t i, int worker) {
            const default_arithmetic on_this_thread;
            sums& part = *::new (parts_.of_worker + worker) sums(plan_, elements_);
            part.template sum<C>(tile_, lanes, tiles_.part(i));
            for (std::size_t k = 0; k != parts.width; k += wide::size) {
                const op_state state = part.template state<C>(lanes.first + k);
                state.max.store_unaligned(&parts.max[parts.place(i, k)]);
                state.sum.high.store_unaligned(&parts.high[parts.place(i, k)]);
                state.sum.low.store_unaligned(&parts.low[parts.place(i, k)]);
            }
        });
        merge_parts(parts, &value[lanes.first]);
    }

    /// In the order of the parts, whoever came first.
    [[gnu::noinline]] void merge_parts(const part_states& parts, double* value) const noexcept {
        const math::exact_count repeats(plan_.repeats);
        const auto part = [&](std::ptrdiff_t i, std::size_t k) {
            const std::size_t at = parts.place(i, k);
            return op_state{wide::load_unaligned(&parts.max[at]),
                            {wide::load_unaligned(&parts.high[at]), wide::load_unaligned(&parts.low[at])}};
        };
        for (std::size_t k = 0; k != parts.width; k += wide::size) {
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
            log.store_unaligned(value + k);
        }
    }

    [[nodiscard]] static bool is_not_a_number(double x) noexcept {
        constexpr auto infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
        return (std::bit_cast<std::uint64_t>(x) & ~std::uint64_t{0} >> 1) > infinity;
    }

    const plan& plan_;
    const tiling& tiles_;
    const Element* elements_;
    const parts_room parts_;
    sums sums_;
    tile tile_;
    tile put_off_; ///< results to be summed again
    alignas(64) lane_values value_;
    alignas(64) lane_values again_;                        ///< of a second sum
    alignas(64) std::array<compute, max_tile_width> logs_; ///< of short rows that are not written in place
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
