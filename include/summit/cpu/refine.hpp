// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Sums again what is so near 0 that its last bit is finer than the sum that made it: the maximum, then the op's finer terms.
template <class Op, class Arch, class Element>
class refiner {
    using compute = compute_t<Element>;
    using wide = xsimd::batch<double, Arch>;
    using pair = math::double_pair<Arch>;
    using refinement = typename Op::refinement;
    using reader = block_reader<Arch, Element>;

    static constexpr std::size_t most = reader::tile_width;

public:
    refiner(const plan& p, reader& blocks) noexcept : plan_(p), blocks_(blocks) {}

    /// The lanes, of the first `width`, whose values are nearer 0 than `least`.
    [[nodiscard]] static lane_set nearer_than(double least, const lane_values& values, std::size_t width) noexcept {
        lane_set nearer;
        for (std::size_t lane = 0; lane < width; lane += wide::size)
            nearer.add(lane, (xsimd::abs(wide::load_unaligned(&values[lane])) < wide(least)).mask());
        nearer.limit(width);
        return nearer;
    }

    /// Replaces those of `values`, one for each result of the tile, that are needed.
    void operator()(const tile& t, const lane_set& needed, lane_values& values) noexcept {
        // Brought together: of many few may be so near 0.
        for (std::size_t lane = needed.next(0); lane < needed.size();) {
            count_ = 0;
            for (; lane < needed.size() && count_ != most; lane = needed.next(lane + 1)) {
                offsets_[count_] = t.offset_of(lane);
                lanes_[count_++] = lane;
            }
            if (plan_.lie == orientation::columns)
                sum_columns();
            else
                for (std::size_t k = 0; k != count_; ++k) sum_row(k);
            for (std::size_t k = 0; k < count_; k += wide::size)
                refinement::template finish<Arch>(wide::load_aligned(&max_[k]),
                                                  {wide::load_aligned(&high_[k]), wide::load_aligned(&low_[k])},
                                                  math::exact_count(plan_.repeats))
                    .store_aligned(&finer_[k]);
            for (std::size_t k = 0; k != count_; ++k) values[lanes_[k]] = finer_[k];
        }
    }

private:
    void sum_row(std::size_t k) noexcept {
        const term_range all{0, plan_.terms};
        compute max = -std::numeric_limits<compute>::infinity();
        blocks_.template visit_row<compute>(offsets_[k], all, [&](const compute* x, std::ptrdiff_t n) {
            max = std::max(max, row_max<Op, Arch>(x, n));
        });
        max_[k] = static_cast<double>(max);
        const wide largest(max_[k]);
        const typename refinement::template terms<Arch> terms(largest);
        pair sum{wide(0.0), wide(0.0)};
        blocks_.template visit_row<double>(offsets_[k], all, [&](const double* x, std::ptrdiff_t n) {
            sum = math::add_pairs(sum, row_sum<Arch>(x, n, terms));
        });
        high_[k] = sum.high.get(0);
        low_[k] = sum.low.get(0);
    }

    void sum_columns() noexcept {
        const term_range all{0, plan_.terms};
        alignas(64) std::array<compute, most> narrow;
        max_.fill(-std::numeric_limits<double>::infinity());
        blocks_.template visit_columns<compute>(offsets_.data(), count_, all, [&](const column_block<compute>& block) {
            column_max<Op, Arch>(block, narrow.data());
            for (std::size_t i = 0; i != block.width; ++i) max_[i] = std::max(max_[i], static_cast<double>(narrow[i]));
        });
        const auto terms_at = [&](std::size_t column) {
            return typename refinement::template terms<Arch>(wide::load_aligned(&max_[column]));
        };
        alignas(64) std::array<double, most> high, low;
        high_.fill(0.0);
        low_.fill(0.0);
        blocks_.template visit_columns<double>(offsets_.data(), count_, all, [&](const column_block<double>& block) {
            column_sum<Arch>(block, terms_at, high.data(), low.data());
            for (std::size_t i = 0; i < block.width; i += wide::size) {
                const pair sum = math::add_pairs<Arch>({wide::load_aligned(&high_[i]), wide::load_aligned(&low_[i])},
                                                       {wide::load_aligned(&high[i]), wide::load_aligned(&low[i])});
                sum.high.store_aligned(&high_[i]);
                sum.low.store_aligned(&low_[i]);
            }
        });
    }

    const plan& plan_;
    reader& blocks_;
    std::size_t count_ = 0;
    std::array<std::ptrdiff_t, most> offsets_;
    std::array<std::size_t, most> lanes_;
    alignas(64) std::array<double, most> max_;
    alignas(64) std::array<double, most> high_;
    alignas(64) std::array<double, most> low_;
    alignas(64) std::array<double, most> finer_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
