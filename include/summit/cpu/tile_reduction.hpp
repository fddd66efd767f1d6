// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/references.hpp>
#include <summit/cpu/refine.hpp>
#include <summit/cpu/short_tiles.hpp>
#include <summit/cpu/term_sample.hpp>
#include <summit/cpu/tile_sums.hpp>
#include <summit/cpu/totals.hpp>
#include <summit/cpu/workspace.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The reduction of one tile: sums, takes the log, and sums again what came out so near 0 that its last bit is finer than
/// the sum it was made of.
template <class Op, class Arch, class Element, class Threads>
class tile_reduction {
    using compute = compute_t<Element>;
    using result = result_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using sums = tile_sums<Op, Arch, Element>;
    using totals = tile_totals<Op, Arch, Element, Threads>;

    static constexpr bool is_float = std::same_as<compute, float>;

    /// Floats this few of a row are summed in double at once: their results are often near 0.
    static constexpr std::ptrdiff_t few_terms_of_row = 8;

    static constexpr double epsilon = element_traits<Element>::epsilon;

    using finer_pass = typename Op::finer_pass;
    /// Integers are no log-probabilities, whose sums are near 0.
    static constexpr bool finer = Op::template has_finer_pass<Arch> && !std::integral<Element>;
    using refinement = typename Op::refinement;

public:
    static constexpr tiling::widths tile_widths = sums::tile_widths;
    using parts_room = typename totals::parts_room;

    /// What the parts of all tiles need in a workspace, and takes it.
    [[nodiscard]] static std::size_t parts_bytes(const tiling& tiles, int team) noexcept {
        return totals::parts_bytes(tiles, team);
    }
    [[nodiscard]] static parts_room take_parts(workspace<Arch>& memory, const tiling& tiles, int team) noexcept {
        return totals::take_parts(memory, tiles, team);
    }

    tile_reduction(const plan& p, const tiling& tiles, const Element* elements, const parts_room& parts) noexcept
        : plan_(p),
          tiles_(tiles),
          elements_(elements),
          totals_(p, tiles, elements, parts),
          refine_(p, totals_.blocks()) {}

    /// Reduces one short row of which nothing has to be looked at again, without a tile: to set one up takes longer than
    /// such a row takes to sum. Says whether this was one; if not, it is for run(). The bits are the same.
    static bool reduce_one_row(const plan& p, const Element* elements, result* results) noexcept {
        if (p.results != 1 || p.reduced.size() != 1 || p.terms > sums::row_block) return false;
        const Element* const from = elements + p.origin;
        bool in_double = !is_float || p.terms <= few_terms_of_row;
        wide log;
        if constexpr (is_float) {
            if (!in_double) {
                if (!sum_one_row<single_pass<float>>(p, from, log)) return false;
                in_double = xsimd::any(Op::template needs_double<Arch>(log, epsilon));
            }
        }
        double least = refinement::least_certain(epsilon);
        bool is_finer = false;
        if constexpr (finer) is_finer = in_double && p.terms > few_terms_of_row && has_finer(p);
        if (is_finer) {
            if constexpr (finer) log = finer_log_of_row(p, from);
            least = finer_pass::least_certain(p.terms);
        } else if (in_double && !sum_one_row<single_pass<double>>(p, from, log)) {
            return false;
        }
        if (xsimd::any(xsimd::abs(log) < wide(least))) return false;
        results[p.result_origin] = static_cast<result>(log.get(0));
        return true;
    }

    /// The tiles from `first` on, before `last`.
    void run(std::ptrdiff_t first, std::ptrdiff_t last, result* results) noexcept {
        for (std::ptrdiff_t i = first; i != last; ++i) run(i, results);
        if (deferred_.width != 0) sum_deferred(results);
    }

private:
    /// One tile, but for the results that are deferred.
    void run(std::ptrdiff_t index, result* results) noexcept {
        tiles_.place(index, tile_);
        if constexpr (has_references<compute, Arch>)
            if (has_few_terms() && plan_.repeats == 1) return reduce_and_write(results);
        if (plan_.terms == 0) {
            std::fill_n(value_.begin(), tile_.width, Op::empty);
        } else {
            const lane_range all{0, tile_.width};
            double least = refinement::least_certain(epsilon);
            if (!is_float || plan_.terms <= few_terms_of_row || has_few_terms()) {
                totals_.template logs<double>(tile_, all, value_);
            } else if constexpr (is_float) {
                if (has_finer(plan_)) least = finer_pass::least_certain(plan_.terms);
                // Where the tile before cancelled, this one may: then the finer sums alone tell that they are wanted.
                if constexpr (finer) {
                    if (cancels_) {
                        totals_.finer_logs(tile_, all, value_);
                        cancels_ = all_surely_coarse();
                    }
                }
                if (!cancels_) {
                    totals_.template logs<float>(tile_, all, value_);
                    if (!any_nearer_than(Op::template coarse_limit<Arch>(epsilon))) return write(tile_, results);
                    const lane_set coarse = nearer_than(Op::template coarse_limit<Arch>(epsilon), value_, tile_.width);
                    cancels_ = has_finer(plan_) && coarse[0] && coarse.count() == tile_.width;
                    if (are_scattered(coarse)) {
                        write(tile_, results);
                        return defer(
                            coarse, [](std::size_t) { return false; }, results);
                    }
                    reduce_again(coarse);
                }
            }
            if (any_nearer_than(least)) refine_(tile_, nearer_than(least, value_, tile_.width), value_);
        }
        write(tile_, results);
    }

    /// Whether there is a finer sum than one in double for results near 0.
    [[nodiscard]] static bool has_finer(const plan& p) noexcept { return finer && p.repeats == 1; }

    template <class C>
    using single_pass = typename Op::template single_pass<C>;

    /// The log of a row's sum in every lane; false where its reference was no good guess. Not inline: side by side those of
    /// several passes would keep each other's constants in registers.
    template <class Pass>
    [[nodiscard, gnu::noinline]] static bool sum_one_row(const plan& p, const Element* from, wide& log) noexcept {
        using C = typename Pass::type;
        const C exponent = row_exponent<Op, C, Arch>(from, term_sample(p));
        direct_row<Pass, Arch, Element> row;
        row.start();
        row.add(from, p.terms, p.reduced.innermost().stride, exponent);
        const auto total = row.total();
        log = Op::template finish<C, Arch>(total, math::exact_count(p.repeats), log_count_estimate(p.terms, p.repeats),
                                           wide(static_cast<double>(exponent)));
        return xsimd::all(Op::template in_range<C, Arch>(total.high));
    }

    [[nodiscard, gnu::noinline]] static wide finer_log_of_row(const plan& p, const Element* from) noexcept {
        direct_row<finer_pass, Arch, Element> row;
        row.start();
        row.add(from, p.terms, p.reduced.innermost().stride, 0.0);
        return Op::finer_log(row.total());
    }

    // Rows of short_row terms and more make regular tiles only: others would be brought together in several blocks.
    static_assert(tile_widths.least_run <= few_results);
    [[nodiscard]] bool has_few_terms() const noexcept { return plan_.terms > 1 && plan_.has_few_terms(); }

    /// Results of a few terms: at once, and those that are not to be trusted once more.
    void reduce_and_write(result* results) noexcept {
        compute* logs = logs_.data();
        bool in_place = false;
        if constexpr (std::same_as<result, compute>) {
            in_place = tile_.is_regular && tile_.result_stride() == 1;
            if (in_place) logs = results + tile_.result_offset_of(0);
        }
        lane_set doubtful;
        short_tile<Op, Arch, Element> shorts(plan_, tile_, elements_, totals_.blocks());
        shorts.reduce(logs, doubtful, is_relative_);
        doubtful.limit(tile_.width);
        if constexpr (finer)
            if (doubtful.count() > tile_.width / 8) take_finer(shorts, logs, doubtful);
        if (!in_place)
            for (std::size_t i = 0; i != tile_.width; ++i)
                results[tile_.result_offset_of(i)] = static_cast<result>(static_cast<double>(logs_[i]));
        defer(
            doubtful, [&](std::size_t lane) { return is_unknown(logs[lane]); }, results);
    }

    /// Of those logs that are near 0 finer ones, and out of `doubtful` those that are then good enough.
    [[gnu::noinline]] void take_finer(short_tile<Op, Arch, Element>& shorts, compute* logs,
                                      lane_set& doubtful) noexcept {
        shorts.template take_finer_logs<typename Op::template finer_sum_of_few<Arch>>(finer_logs_.data());
        for (std::size_t i = doubtful.next(0); i < doubtful.size(); i = doubtful.next(i + 1)) {
            if (is_unknown(logs[i]) || is_unknown(finer_logs_[i])) continue;
            logs[i] = finer_logs_[i];
            doubtful.remove(i);
        }
    }

    [[nodiscard]] static bool is_unknown(compute log) noexcept {
        using number = xsimd::as_unsigned_integer_t<compute>;
        return std::bit_cast<number>(log) ==
               std::bit_cast<number>(Op::template sum_of_few<compute, Arch, true>::unknown);
    }

    /// Lists results to be summed again: those of several tiles together, as a few at a time would take longer. Most are too near
    /// 0 for the sum that they have; those for which is_far(lane) is true had their sum out of range.
    template <class IsFar>
    void defer(const lane_set& which, const IsFar& is_far, result* results) noexcept {
        for (std::size_t first = 0; first < tile_.width; first += 64)
            for (std::uint64_t left = which.word(first); left != 0; left &= left - 1) {
                const std::size_t lane = first + static_cast<std::size_t>(std::countr_zero(left));
                deferred_.offset[deferred_.width] = tile_.offset_of(lane);
                deferred_.result_offset[deferred_.width] = tile_.result_offset_of(lane);
                if (is_far(lane)) deferred_far_.add(deferred_.width, 1);
                if (++deferred_.width == static_cast<std::size_t>(tile_widths.irregular)) sum_deferred(results);
            }
    }

    [[gnu::noinline]] void sum_deferred(result* results) noexcept {
        const std::size_t width = deferred_.width;
        const lane_range all{0, width};
        lane_set needed;
        if (deferred_far_.count() != width) needed = log_near(all, results);
        if (!deferred_far_.empty()) {
            totals_.template logs<double>(deferred_, all, again_);
            const lane_set nearer = nearer_than(refinement::least_certain(epsilon), again_, width);
            for (std::size_t i = deferred_far_.next(0); i < width; i = deferred_far_.next(i + 1)) {
                value_[i] = again_[i];
                needed.remove(i);
                if (nearer[i]) needed.add(i, 1);
            }
        }
        refine_(deferred_, needed, value_);
        write(deferred_, results);
        deferred_.width = 0;
        deferred_far_ = {};
    }

    /// The logs of deferred results that are near 0. Returns those that are still too near.
    [[nodiscard]] lane_set log_near(const lane_range& all, const result* results) noexcept {
        if constexpr (finer) {
            if (has_finer(plan_)) {
                totals_.finer_logs(deferred_, all, value_);
                const lane_set some = nearer_than(finer_pass::least_certain(plan_.terms), value_, all.last);
                if (!has_few_terms() || some.empty()) return some;
                // As take_finer decides.
                totals_.maxima(deferred_, all, again_);
                lane_set nearer;
                for (std::size_t lane = 0; lane < all.last; lane += wide::size) {
                    const auto least =
                        finer_pass::template least_certain<Arch>(plan_.terms, wide::load_unaligned(&again_[lane]));
                    nearer.add(lane, (xsimd::abs(wide::load_unaligned(&value_[lane])) < least).mask());
                }
                nearer.limit(all.last);
                return nearer;
            }
        }
        if constexpr (is_float)
            totals_.template logs<double>(deferred_, all, value_);
        else // the log is as good as can be without the maximum
            for (std::size_t i = 0; i != all.last; ++i) value_[i] = results[deferred_.result_offset[i]];
        return nearer_than(refinement::least_certain(epsilon), value_, all.last);
    }

    [[nodiscard]] static lane_set nearer_than(double least, const lane_values& values, std::size_t width) noexcept {
        return refiner<Op, Arch, Element>::nearer_than(least, values, width);
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

    /// Whether any result of the tile is nearer 0 than that. Most tiles have none: this is quicker than to tell which.
    [[nodiscard]] bool any_nearer_than(double least) const noexcept {
        bool any = false;
        for (std::size_t lane = 0; lane < tile_.width; lane += wide::size)
            any |= xsimd::any(xsimd::abs(wide::load_unaligned(&value_[lane])) < wide(least));
        return any;
    }

    /// Whether all of these finer logs are so near 0 that float would have been too coarse for them, too.
    [[nodiscard]] bool all_surely_coarse() const noexcept {
        // By the bits, as -ffast-math assumes that there is no NaN.
        constexpr auto limit = std::bit_cast<std::uint64_t>(0.99 * Op::template coarse_limit<Arch>(epsilon));
        bool all = true;
        for (std::size_t lane = 0; lane < tile_.width; ++lane)
            all &= (std::bit_cast<std::uint64_t>(value_[lane]) & ~std::uint64_t{0} >> 1) < limit;
        return all;
    }

    /// Whether they are few of many: brought together, a result takes some eight times as long as among its neighbours.
    [[nodiscard]] bool are_scattered(const lane_set& which) const noexcept {
        return tile_.is_regular && !which.empty() && which.count() < tile_.width / 8;
    }

    /// In more digits, where float was too coarse: one row, a vector of columns, or, where those have to be packed, all of them.
    void reduce_again(const lane_set& coarse) noexcept {
        for (std::size_t lane = coarse.next(0); lane < coarse.size();) {
            const lane_range lanes = totals_.around(tile_, lane);
            bool is_finer = false;
            if constexpr (finer) {
                is_finer = has_finer(plan_);
                if (is_finer) totals_.finer_logs(tile_, lanes, again_);
            }
            if (!is_finer) totals_.template logs<double>(tile_, lanes, again_);
            for (; lane < lanes.last; lane = coarse.next(lane + 1)) value_[lane] = again_[lane];
        }
    }

    const plan& plan_;
    const tiling& tiles_;
    const Element* elements_;
    totals totals_;
    refiner<Op, Arch, Element> refine_;
    tile tile_;
    tile deferred_;            ///< results to be summed again
    lane_set deferred_far_;    ///< those of them whose sum was out of range
    bool cancels_ = false;     ///< whether all results of the tile before were near 0
    bool is_relative_ = false; ///< whether the short rows before wanted references
    alignas(64) lane_values value_;
    alignas(64) lane_values again_;                        ///< of a second sum
    alignas(64) std::array<compute, max_tile_width> logs_; ///< of short rows that are not written in place
    alignas(64) std::array<compute, max_tile_width> finer_logs_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
