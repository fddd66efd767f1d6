// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu {

/// One reduction under way: walks the results in tiles, lets the kernels absorb every block of a tile, and finishes it.
template <class Op, class Arch, class Element>
class reduction {
    using compute = compute_t<Element>;
    using result = result_t<Element>;
    using wide = xsimd::batch<double, Arch>;

    static constexpr std::size_t tile_width = block_reader<Arch, Element>::tile_width;

    /// Neighbouring results, and what is known of each so far.
    struct tile {
        std::size_t width = 0;
        std::array<std::ptrdiff_t, tile_width> offset;
        std::array<std::ptrdiff_t, tile_width> result_offset;
        alignas(64) std::array<double, tile_width> max;
        alignas(64) std::array<double, tile_width> high;
        alignas(64) std::array<double, tile_width> low;
        alignas(64) std::array<double, tile_width> value;

        [[nodiscard]] auto state(std::size_t lane) const noexcept {
            return op_state{wide::load_aligned(&max[lane]), sum(lane)};
        }
        [[nodiscard]] math::double_pair<Arch> sum(std::size_t lane) const noexcept {
            return {wide::load_aligned(&high[lane]), wide::load_aligned(&low[lane])};
        }
        void set_sum(std::size_t lane, const math::double_pair<Arch>& sum) noexcept {
            sum.high.store_aligned(&high[lane]);
            sum.low.store_aligned(&low[lane]);
        }
    };
    using op_state = typename Op::template state<Arch>;

public:
    reduction(const plan& p, const Element* elements, result* results) noexcept
        : plan_(p), results_(results), blocks_(p, elements) {}

    void run() noexcept {
        cursor next(plan_.kept, plan_.origin, plan_.result_origin);
        tile t;
        // Lanes past the last result are computed along and never written.
        t.max.fill(blocks_.padding);
        t.high.fill(1.0);
        t.low.fill(0.0);
        for (std::ptrdiff_t left = plan_.results; left > 0; left -= static_cast<std::ptrdiff_t>(t.width)) {
            t.width = std::min(tile_width, static_cast<std::size_t>(left));
            place(t, next);
            if (plan_.terms == 0) {
                t.value.fill(Op::empty);
            } else {
                absorb(t);
                finish(t);
            }
            for (std::size_t i = 0; i != t.width; ++i) results_[t.result_offset[i]] = static_cast<result>(t.value[i]);
        }
    }

private:
    static void place(tile& t, cursor& next) noexcept {
        for (std::size_t i = 0; i != t.width;) {
            const std::size_t run = std::min(t.width - i, static_cast<std::size_t>(next.run()));
            for (std::size_t k = 0; k != run; ++k) {
                t.offset[i + k] = next.offset() + static_cast<std::ptrdiff_t>(k) * next.stride();
                t.result_offset[i + k] = next.result_offset() + static_cast<std::ptrdiff_t>(k) * next.result_stride();
            }
            next.advance(static_cast<std::ptrdiff_t>(run));
            i += run;
        }
    }

    void absorb(tile& t) noexcept {
        if (plan_.lie == orientation::columns) {
            absorb_columns(t);
            return;
        }
        for (std::size_t i = 0; i != t.width; ++i) {
            op_state state = Op::template identity<Arch>();
            bool first = true;
            blocks_.template visit_row<compute>(t.offset[i], [&](const compute* x, std::ptrdiff_t n) {
                const op_state block = row_state(x, n);
                state = first ? block : Op::merge(state, block);
                first = false;
            });
            t.max[i] = state.max.get(0);
            t.high[i] = state.sum.high.get(0);
            t.low[i] = state.sum.low.get(0);
        }
    }

    static op_state row_state(const compute* x, std::ptrdiff_t n) noexcept {
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

    void absorb_columns(tile& t) noexcept {
        bool first = true;
        blocks_.template visit_columns<compute>(t.offset.data(), t.width, [&](const column_block<compute>& block) {
            tile part;
            column_state(block, part);
            for (std::size_t lane = 0; lane < block.width; lane += wide::size) {
                const op_state state = first ? part.state(lane) : Op::merge(t.state(lane), part.state(lane));
                state.max.store_aligned(&t.max[lane]);
                t.set_sum(lane, state.sum);
            }
            first = false;
        });
    }

    static void column_state(const column_block<compute>& block, tile& t) noexcept {
        alignas(64) std::array<compute, tile_width> max;
        alignas(64) std::array<double, tile_width> finite;
        alignas(64) std::array<double, tile_width> offset;
        alignas(64) std::array<double, tile_width> exponent;
        column_max<Op, Arch>(block, max.data());
        pack<Arch>(max.data(), 1, static_cast<std::ptrdiff_t>(block.width), t.max.data());
        for (std::size_t lane = 0; lane < block.width; lane += wide::size) {
            const auto at = Op::reference(wide::load_aligned(&t.max[lane]));
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
        column_sum<Arch>(block, terms_at, t.high.data(), t.low.data());
        bool infinite = false;
        for (std::size_t i = 0; i != block.width; ++i) infinite |= is_infinity(max[i]);
        if (!infinite) return;

        tile scan;
        column_sum<Arch>(
            block, [](std::size_t) { return typename Op::template nan_terms<Arch>{}; }, scan.high.data(),
            scan.low.data());
        for (std::size_t i = 0; i != block.width; ++i) {
            if (!is_infinity(max[i])) continue;
            t.high[i] = scan.high[i] + 1.0;
            t.low[i] = 0.0;
        }
    }

    void finish(tile& t) noexcept {
        for (std::size_t lane = 0; lane < t.width; lane += wide::size)
            Op::finish(t.state(lane), static_cast<double>(plan_.repeats)).store_aligned(&t.value[lane]);
        refine<typename Op::exact>(t);
        refine<typename Op::cancelling>(t);
    }

    /// Sums again, in double, what the refinement says came out too coarse.
    template <class Refinement>
    void refine(tile& t) noexcept {
        using terms = typename Refinement::template terms<Arch>;
        const auto needed = [&](std::size_t lane) {
            return Refinement::needs(wide::load_aligned(&t.value[lane]), wide::load_aligned(&t.max[lane]),
                                     element_traits<Element>::epsilon);
        };
        bool any = false;
        for (std::size_t lane = 0; lane < t.width; lane += wide::size) any |= xsimd::any(needed(lane));
        if (!any) return;

        if (plan_.lie == orientation::columns) {
            bool first = true;
            blocks_.template visit_columns<double>(t.offset.data(), t.width, [&](const column_block<double>& block) {
                tile part;
                column_sum<Arch>(
                    block, [&](std::size_t column) { return terms(wide::load_aligned(&t.max[column])); },
                    part.high.data(), part.low.data());
                for (std::size_t lane = 0; lane < block.width; lane += wide::size)
                    t.set_sum(lane, first ? part.sum(lane) : math::add_pairs(t.sum(lane), part.sum(lane)));
                first = false;
            });
        } else {
            for (std::size_t i = 0; i != t.width; ++i) {
                if (!needed(i / wide::size * wide::size).get(i % wide::size)) continue;
                const terms row_terms(wide(t.max[i]));
                math::double_pair<Arch> sum{wide(0.0), wide(0.0)};
                blocks_.template visit_row<double>(t.offset[i], [&](const double* x, std::ptrdiff_t n) {
                    sum = math::add_pairs(sum, row_sum<Arch>(x, n, row_terms));
                });
                t.high[i] = sum.high.get(0);
                t.low[i] = sum.low.get(0);
            }
        }
        for (std::size_t lane = 0; lane < t.width; lane += wide::size) {
            const wide finer =
                Refinement::finish(wide::load_aligned(&t.max[lane]), t.sum(lane), static_cast<double>(plan_.repeats));
            xsimd::select(needed(lane), finer, wide::load_aligned(&t.value[lane])).store_aligned(&t.value[lane]);
        }
    }

    template <class T>
    static bool is_infinity(T value) noexcept {
        using bits = xsimd::as_unsigned_integer_t<T>;
        return std::bit_cast<bits>(value) == std::bit_cast<bits>(std::numeric_limits<T>::infinity());
    }

    const plan& plan_;
    result* results_;
    block_reader<Arch, Element> blocks_;
};

/// Reduces what lies at `elements` into what lies at `results`, as the plan says.
template <class Op, class Arch, class Element>
inline void reduce(const plan& p, const Element* elements, result_t<Element>* results) noexcept {
    reduction<Op, Arch, Element>(p, elements, results).run();
}

} // namespace summit::inline version0::cpu
