// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/load.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The largest of some terms of columns that lie side by side, read as they lie in memory.
template <class Op, class Arch, class Element>
inline void find_dense_maxima(const plan& p, const Element* from, std::size_t width, const term_range& terms,
                              double* max) noexcept {
    using compute = compute_t<Element>;
    using batch = xsimd::batch<compute, Arch>;
    std::array<batch, max_tile_width / batch::size> largest;
    const auto column = [&](std::size_t k) { return std::min(k * batch::size, width - batch::size); };
    const std::size_t count = (width + batch::size - 1) / batch::size;
    std::fill_n(largest.begin(), count, batch(-std::numeric_limits<compute>::infinity()));
    cursor next(p.reduced);
    next.seek(terms.first);
    for (std::ptrdiff_t done = 0; done < terms.count;) {
        // Four rows at a time, the last one again where there are fewer.
        std::array<const Element*, 4> rows;
        for (auto& row : rows) {
            row = from + next.offset();
            if (++done < terms.count) next.advance(1);
        }
        for (std::size_t k = 0; k != count; ++k) {
            const std::size_t at = column(k);
            const batch ab = Op::larger(load<Arch>(rows[0] + at), load<Arch>(rows[1] + at));
            const batch cd = Op::larger(load<Arch>(rows[2] + at), load<Arch>(rows[3] + at));
            largest[k] = Op::larger(Op::larger(largest[k], ab), cd);
        }
    }
    std::array<compute, batch::size> each;
    for (std::size_t k = 0; k != count; ++k) {
        largest[k].store_unaligned(each.data());
        for (std::size_t i = 0; i != batch::size; ++i) max[column(k) + i] = static_cast<double>(each[i]);
    }
}

/// The largest of some terms of each of some results. Of terms with a NaN it may be any other of them or −inf, but never NaN: the
/// sum is NaN then, whatever the maximum.
template <class Op, class Arch, class Element>
[[gnu::noinline]] inline void find_maxima(const plan& p, const Element* elements, block_reader<Arch, Element>& blocks,
                                          const tile& t, const lane_range& lanes, const term_range& terms,
                                          lane_values& max) noexcept {
    using compute = compute_t<Element>;
    const bool is_row = p.lie == orientation::rows;
    if (!is_row && t.is_regular && t.stride() == 1)
        return find_dense_maxima<Op, Arch>(p, elements + t.offset_of(lanes.first), lanes.last - lanes.first, terms,
                                           &max[lanes.first]);
    for (std::size_t i = lanes.first; i != lanes.last; ++i) max[i] = -std::numeric_limits<double>::infinity();
    if (is_row) {
        const auto note = [&](std::size_t i, const compute* x, std::ptrdiff_t n) {
            max[i] = std::max(max[i], static_cast<double>(row_max<Op, Arch>(x, n)));
        };
        for (std::size_t i = lanes.first; i != lanes.last; ++i) {
            if constexpr (std::same_as<Element, compute>) {
                cursor next(p.reduced);
                if (next.stride() == 1) {
                    next.seek(terms.first);
                    for (std::ptrdiff_t done = 0; done != terms.count;) {
                        const std::ptrdiff_t run = std::min(terms.count - done, next.run());
                        note(i, elements + t.offset_of(i) + next.offset(), run);
                        next.advance(run);
                        done += run;
                    }
                    continue;
                }
            }
            blocks.template visit_row<compute>(t.offset_of(i), terms,
                                               [&](const compute* x, std::ptrdiff_t n) { note(i, x, n); });
        }
        return;
    }
    alignas(64) std::array<compute, block_reader<Arch, Element>::tile_width> of_block;
    visit_columns_of<compute>(blocks, t, lanes, terms,
                              [&](const column_block<compute>& block, std::size_t first, std::size_t width) {
                                  column_max<Op, Arch>(block, of_block.data());
                                  for (std::size_t i = 0; i != width; ++i)
                                      max[first + i] = std::max(max[first + i], static_cast<double>(of_block[i]));
                              });
}

/// Whether some terms of each of some results hold a NaN: `sums` is NaN there, and 0 elsewhere.
template <class Op, class Arch, class Element>
[[gnu::noinline]] inline void find_nans(const plan& p, block_reader<Arch, Element>& blocks, const tile& t,
                                        const lane_range& lanes, const term_range& terms, lane_values& sums) noexcept {
    using compute = compute_t<Element>;
    using nan_terms = typename Op::template nan_terms<Arch>;
    for (std::size_t i = lanes.first; i != lanes.last; ++i) sums[i] = 0.0;
    if (p.lie == orientation::rows) {
        for (std::size_t i = lanes.first; i != lanes.last; ++i)
            blocks.template visit_row<compute>(t.offset_of(i), terms, [&](const compute* x, std::ptrdiff_t n) {
                sums[i] += row_sum<Arch>(x, n, nan_terms{}).high.get(0);
            });
        return;
    }
    alignas(64) std::array<double, block_reader<Arch, Element>::tile_width> high, low;
    visit_columns_of<compute>(blocks, t, lanes, terms,
                              [&](const column_block<compute>& block, std::size_t first, std::size_t width) {
                                  column_sum<Arch>(
                                      block, [](std::size_t) { return nan_terms{}; }, high.data(), low.data());
                                  for (std::size_t i = 0; i != width; ++i) sums[first + i] += high[i];
                              });
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
