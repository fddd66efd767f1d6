// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/maxima.hpp>
#include <summit/cpu/references.hpp>
#include <summit/cpu/term_sample.hpp>
#include <summit/cpu/tile_sums.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/cpu/workspace.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// About log n + 2 log repeats; half of it estimates how far the exp-weighted mean argument lies below the result.
[[nodiscard, gnu::always_inline]] inline double log_count_estimate(std::ptrdiff_t terms,
                                                                   std::ptrdiff_t repeats) noexcept {
    const auto log2 = [](std::ptrdiff_t n) { return std::bit_width(static_cast<std::size_t>(n)); };
    return 0.69 * static_cast<double>(log2(terms) + 2 * (log2(repeats) - 1));
}

/// The logs of the sums of a tile's results, right for every element there is: in one sweep relative to references from a
/// sample of the terms; where that was no good guess, in two, the maximum first. Tiles of many terms are summed in parts, by as
/// many threads as there are, relative to one reference, so that a result's parts are merged by addition, in their order.
template <class Op, class Arch, class Element, class Threads>
class tile_totals {
    using compute = compute_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using pair = math::double_pair<Arch>;
    using sums = tile_sums<Op, Arch, Element>;

public:
    /// What is known of all parts of a tile's results, part by part in whole vectors.
    struct part_values {
        std::size_t width;
        std::array<double, static_cast<std::size_t>(tiling::part_results)> high, low, largest;

        [[nodiscard]] std::size_t place(std::ptrdiff_t part, std::size_t lane) const noexcept {
            return static_cast<std::size_t>(part) * width + lane;
        }
    };

    /// What a worker needs to sum a part.
    struct part_worker {
        sums of_part;
        alignas(64) lane_values values;
        part_worker(const plan& p, const Element* elements) noexcept : of_part(p, elements) {}
    };

    /// Where tiles in several parts are summed: by `team` threads, each with sums of its own.
    struct parts_room {
        part_values* values = nullptr;
        part_worker* workers = nullptr;
        int team = 1;
    };

    /// What parts_room needs in a workspace: nothing where a tile is one part.
    [[nodiscard]] static std::size_t parts_bytes(const tiling& tiles, int team) noexcept {
        return tiles.parts() == 1 ? 0 : workspace_bytes<part_values>() + workspace_bytes<part_worker>(team);
    }
    [[nodiscard]] static parts_room take_parts(workspace<Arch>& memory, const tiling& tiles, int team) noexcept {
        if (tiles.parts() == 1) return {};
        return {::new (memory.template take<part_values>()) part_values,
                static_cast<part_worker*>(memory.template take<part_worker>(team)), team};
    }

    tile_totals(const plan& p, const tiling& tiles, const Element* elements, const parts_room& parts) noexcept
        : plan_(p), tiles_(tiles), elements_(elements), parts_(parts), sample_(p), sums_(p, elements) {}

    /// Reads what cannot be summed where it lies.
    [[nodiscard]] block_reader<Arch, Element>& blocks() noexcept { return sums_.blocks(); }

    /// The logs of some lanes' sums, computed in C.
    template <class C>
    void logs(const tile& t, const lane_range& lanes, lane_values& value) noexcept {
        auto& references = references_of<C>();
        sample_references<Op, C, Arch>(plan_, elements_, t, lanes, sample_, references);
        sum<single_pass<C>>(t, lanes, references.any ? &references : nullptr);
        if (finish(lanes, references, value)) return;
        lost_sums lost{out_of_range<C>(lanes), {}, references.any};
        if (lost.lanes.empty()) return;
        using known = std::conditional_t<has_references<C, Arch>, C, double>;
        for (std::size_t i = lost.lanes.next(0); i < lost.lanes.size(); i = lost.lanes.next(i + 1))
            if (Op::template is_above_range<C>(sums_.total_of(i).high.get(0))) lost.above.add(i, 1);
        if (plan_.lie == orientation::rows) {
            // Neighbours together.
            for (std::size_t first = lost.lanes.next(0), last; first < lost.lanes.size();
                 first = lost.lanes.next(last)) {
                for (last = first + 1; last < lanes.last && lost.lanes[last];) ++last;
                two_pass<C, known>(t, {first, last}, first, lost, value);
            }
            return;
        }
        std::size_t groups = 0;
        for (std::size_t lane = lost.lanes.next(0); lane < lost.lanes.size(); ++groups)
            lane = lost.lanes.next(around(t, lane).last);
        if (groups * (around(t, lanes.first).last - around(t, lanes.first).first) > (lanes.last - lanes.first) / 2)
            return two_pass<C, known>(t, lanes, lanes.first, lost, value);
        for (std::size_t lane = lost.lanes.next(0); lane < lost.lanes.size();) {
            const lane_range range = around(t, lane);
            two_pass<C, known>(t, range, lane, lost, value);
            lane = lost.lanes.next(range.last);
        }
    }

    /// The logs of sums that are near 0, to the last bit of a float where they are no nearer than the pass says.
    void finer_logs(const tile& t, const lane_range& lanes, lane_values& value) noexcept {
        sum<typename Op::finer_pass>(t, lanes, nullptr);
        for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
            Op::finer_log(sums_.total(lane)).store_unaligned(&value[lane]);
        std::fill_n(&value[lanes.last], wide::size, block_reader<Arch, Element>::padding);
    }

    /// The largest terms of some lanes.
    void maxima(const tile& t, const lane_range& lanes, lane_values& max) noexcept {
        look(
            lanes, max,
            [&](auto& blocks, const term_range& terms, lane_values& of_terms) {
                find_maxima<Op, Arch>(plan_, elements_, blocks, t, lanes, terms, of_terms);
            },
            [](double a, double b) { return std::max(a, b); });
    }

    /// The lanes that are best summed together with this one where few of a tile's are: a row alone, a cache line of columns, or,
    /// where columns have to be packed, all of them.
    [[nodiscard]] lane_range around(const tile& t, std::size_t lane) const noexcept {
        if (plan_.lie == orientation::rows) return {lane, lane + 1};
        constexpr auto step = static_cast<std::size_t>(sums::tile_widths.least_run);
        if (!t.is_regular || t.width <= step) return {0, t.width};
        const std::size_t first = std::min(lane / step * step, t.width - step);
        return {first, first + step};
    }

private:
    template <class C>
    using single_pass = typename Op::template single_pass<C>;

    /// Of a first sum, which lanes are out of range. Told before any is summed again: whole vectors are written then, and
    /// lanes that have yet to be looked at may be among them.
    struct lost_sums {
        lane_set lanes;
        lane_set above; ///< those that were too large, or of a NaN
        bool is_relative;
    };

    template <class C>
    [[nodiscard]] lane_references<C>& references_of() noexcept {
        if constexpr (std::same_as<C, double>)
            return references_;
        else
            return narrow_references_;
    }

    /// All terms, whatever parts they are in.
    template <class Pass>
    void sum(const tile& t, const lane_range& lanes, const lane_references<typename Pass::type>* references) noexcept {
        const bool finds_largest = plan_.lie == orientation::columns && references != nullptr;
        if (tiles_.parts() == 1) {
            sums_.template sum<Pass>(t, lanes, {0, plan_.terms}, references);
            if (finds_largest)
                for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
                    sums_.largest(lane).store_unaligned(&max_[lane]);
            return;
        }
        for_each_part(lanes, [&](part_worker& worker, const term_range& terms, std::ptrdiff_t i) {
            worker.of_part.template sum<Pass>(t, lanes, terms, references);
            for (std::size_t k = 0; k != parts_.values->width; k += wide::size) {
                const pair total = worker.of_part.total(lanes.first + k);
                total.high.store_unaligned(&parts_.values->high[parts_.values->place(i, k)]);
                total.low.store_unaligned(&parts_.values->low[parts_.values->place(i, k)]);
                if (finds_largest)
                    worker.of_part.largest(lanes.first + k)
                        .store_unaligned(&parts_.values->largest[parts_.values->place(i, k)]);
            }
        });
        for (std::size_t k = 0; k != parts_.values->width; k += wide::size) {
            pair total = part(0, k);
            for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i) total = math::add_pairs(total, part(i, k));
            sums_.set(lanes.first + k, total);
            if (!finds_largest) continue;
            const auto largest = [&](std::ptrdiff_t i) {
                return wide::load_unaligned(&parts_.values->largest[parts_.values->place(i, k)]);
            };
            wide max = largest(0);
            for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i) max = Op::larger(max, largest(i));
            max.store_unaligned(&max_[lanes.first + k]);
        }
    }

    [[nodiscard]] pair part(std::ptrdiff_t i, std::size_t k) const noexcept {
        const std::size_t at = parts_.values->place(i, k);
        return {wide::load_unaligned(&parts_.values->high[at]), wide::load_unaligned(&parts_.values->low[at])};
    }

    template <class Work>
    void for_each_part(const lane_range& lanes, const Work& work) noexcept {
        parts_.values->width = (lanes.last - lanes.first + wide::size - 1) / wide::size * wide::size;
        Threads::for_each(tiles_.parts(), parts_.team, [&](std::ptrdiff_t i, int worker) {
            const default_arithmetic on_this_thread;
            work(*::new (parts_.workers + worker) part_worker(plan_, elements_), tiles_.part(i), i);
        });
    }

    /// Calls find(blocks, terms, values) for all terms, and makes one value of each lane's: both are associative, the maximum
    /// and whether there is a NaN.
    template <class Find, class Merge>
    void look(const lane_range& lanes, lane_values& values, const Find& find, const Merge& merge) noexcept {
        if (tiles_.parts() == 1) return find(sums_.blocks(), term_range{0, plan_.terms}, values);
        for_each_part(lanes, [&](part_worker& worker, const term_range& terms, std::ptrdiff_t i) {
            find(worker.of_part.blocks(), terms, worker.values);
            std::copy(&worker.values[lanes.first], &worker.values[lanes.last],
                      &parts_.values->high[parts_.values->place(i, 0)]);
        });
        for (std::size_t k = 0; k != lanes.last - lanes.first; ++k) {
            double all = parts_.values->high[k];
            for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i)
                all = merge(all, parts_.values->high[parts_.values->place(i, k)]);
            values[lanes.first + k] = all;
        }
    }

    /// Takes the logs of the sums. Returns whether all of them are in range, those of lanes without a result included.
    template <class C>
    [[nodiscard]] bool finish(const lane_range& lanes, const lane_references<C>& references,
                              lane_values& value) noexcept {
        const math::exact_count repeats(plan_.repeats);
        const double log_terms = log_count_estimate(plan_.terms, plan_.repeats);
        auto all_in_range = Op::template in_range<C, Arch>(sums_.total(lanes.first).high);
        for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size) {
            const pair total = sums_.total(lane);
            if (references.any)
                Op::template finish<C, Arch>(total, repeats, log_terms, exponents(references, lane))
                    .store_unaligned(&value[lane]);
            else
                Op::template finish<C, Arch>(total, repeats, log_terms).store_unaligned(&value[lane]);
            all_in_range = all_in_range & Op::template in_range<C, Arch>(total.high);
        }
        // Lanes without a result: nothing near 0, which would ask for another sum.
        std::fill_n(&value[lanes.last], wide::size, block_reader<Arch, Element>::padding);
        return xsimd::all(all_in_range);
    }

    /// The lanes whose sums are out of range.
    template <class C>
    [[nodiscard, gnu::noinline]] lane_set out_of_range(const lane_range& lanes) const noexcept {
        lane_set lost;
        for (std::size_t lane = lanes.first; lane < lanes.last; lane += wide::size)
            lost.add(lane, (~Op::template in_range<C, Arch>(sums_.total(lane).high)).mask());
        lost.limit(lanes.last);
        return lost;
    }

    template <class C>
    [[nodiscard, gnu::always_inline]] static wide exponents(const lane_references<C>& references,
                                                            std::size_t lane) noexcept {
        std::array<double, wide::size> each;
        for (std::size_t i = 0; i != wide::size; ++i) each[i] = static_cast<double>(references.exponent[lane + i]);
        return wide::load_unaligned(each.data());
    }

    /// The maximum of each of some lanes, then, where that tells that the first sum, in First, was in vain, their sums again, in
    /// C: the logs of those among them that are lost, from `first` on. What comes before has been looked at.
    template <class First, class C>
    [[gnu::noinline]] void two_pass(const tile& t, const lane_range& lanes, std::size_t first, const lost_sums& lost,
                                    lane_values& value) noexcept {
        // Otherwise they are known already.
        if (plan_.lie == orientation::rows || !lost.is_relative) maxima(t, lanes, max_);

        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        lane_set again, infinite;
        for (std::size_t i = lost.lanes.next(first); i < lanes.last; i = lost.lanes.next(i + 1)) {
            const bool is_above = lost.above[i];
            if (is_infinite(max_[i])) {
                value[i] = is_above && max_[i] < 0.0 ? nan : max_[i];
                if (max_[i] > 0.0) infinite.add(i, 1);
                continue;
            }
            // A sum that is out of range above although no term of it is, has a NaN among its terms.
            const double exponent = lost.is_relative ? static_cast<double>(references_of<First>().exponent[i]) : 0.0;
            value[i] = nan;
            if (!is_above || max_[i] * log2e - exponent > static_cast<double>(single_pass<First>::reference.reach))
                again.add(i, 1);
        }
        if (!again.empty()) sum_again<C>(t, lanes, again, value);
        if (infinite.empty()) return;
        look(
            lanes, again_,
            [&](auto& blocks, const term_range& terms, lane_values& nans) {
                find_nans<Op, Arch>(plan_, blocks, t, lanes, terms, nans);
            },
            [](double a, double b) { return a + b; });
        for (std::size_t i = infinite.next(0); i < infinite.size(); i = infinite.next(i + 1)) value[i] += again_[i];
    }

    /// The logs of those lanes that are not in vain to be summed again, their maxima known.
    template <class C>
    void sum_again(const tile& t, const lane_range& lanes, const lane_set& again, lane_values& value) noexcept {
        auto& references = references_of<C>();
        references.any = false;
        for (std::size_t i = lanes.first; i != lanes.last; ++i) {
            const xsimd::batch<C, Arch> max(static_cast<C>(max_[i]));
            references.exponent[i] = Op::template reference_exponent<C>(max).get(0);
            references.any |= references.exponent[i] > C(0) || references.exponent[i] < C(0);
        }
        // Lanes without a result, to the end of the last vector. The exponents of later lanes are still asked for.
        if (lanes.last == t.width) std::fill_n(&references.exponent[lanes.last], 64 / sizeof(compute), C(0));
        sum<single_pass<C>>(t, lanes, references.any ? &references : nullptr);
        (void)finish(lanes, references, again_);
        const lane_set unknown = out_of_range<C>(lanes);
        for (std::size_t i = again.next(0); i < again.size(); i = again.next(i + 1)) {
            if (!unknown[i])
                value[i] = again_[i];
            else if (std::abs(max_[i]) > static_cast<double>(single_pass<C>::reference.farthest))
                value[i] = far_log<C>(t, i);
            else
                value[i] = std::numeric_limits<double>::quiet_NaN();
        }
    }

    /// The log of a lane whose maximum is too far from 0 for a reference.
    template <class C>
    [[nodiscard, gnu::noinline]] double far_log(const tile& t, std::size_t lane) noexcept {
        const auto offset = static_cast<C>(max_[lane]);
        pair total{wide(0.0), wide(0.0)};
        if (tiles_.parts() == 1) {
            sums_.template sum_less<C>(t, lane, {0, plan_.terms}, offset);
            total = sums_.total_of(lane);
        } else {
            for_each_part({lane, lane + 1}, [&](part_worker& worker, const term_range& terms, std::ptrdiff_t i) {
                worker.of_part.template sum_less<C>(t, lane, terms, offset);
                const pair part = worker.of_part.total_of(lane);
                parts_.values->high[parts_.values->place(i, 0)] = part.high.get(0);
                parts_.values->low[parts_.values->place(i, 0)] = part.low.get(0);
            });
            for (std::ptrdiff_t i = 0; i != tiles_.parts(); ++i) {
                const std::size_t at = parts_.values->place(i, 0);
                total = math::add_pairs<Arch>(total, {wide(parts_.values->high[at]), wide(parts_.values->low[at])});
            }
        }
        if (!xsimd::all(Op::template in_range<C, Arch>(total.high))) return std::numeric_limits<double>::quiet_NaN();
        const double log = Op::template finish<C, Arch>(total, math::exact_count(plan_.repeats),
                                                        log_count_estimate(plan_.terms, plan_.repeats))
                               .get(0);
        return max_[lane] + log;
    }

    /// By the bits: -ffast-math assumes that nothing is.
    [[nodiscard]] static bool is_infinite(double x) noexcept {
        constexpr auto infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
        return (std::bit_cast<std::uint64_t>(x) & ~std::uint64_t{0} >> 1) == infinity;
    }

    static constexpr double log2e = 0x1.71547652b82fep0;

    const plan& plan_;
    const tiling& tiles_;
    const Element* elements_;
    const parts_room parts_;
    term_sample sample_;
    sums sums_;
    struct none {};
    lane_references<double> references_;
    [[no_unique_address]] std::conditional_t<std::same_as<compute, double>, none, lane_references<compute>>
        narrow_references_;
    alignas(64) lane_values max_;
    alignas(64) lane_values again_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
