// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/few_terms.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/cpu/transpose.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/op/doubt.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Results that are not to be trusted, a bit for each of a tile.
using doubtful_results = std::array<std::uint64_t, max_tile_width / 64>;

/// Adds those of `width` logs of sums of a few terms, a batch or more, that are nearer 0 than `least`, or of no sum in range.
template <class Arch, class T>
inline void mark_doubtful(const T* logs, std::size_t width, T least, doubtful_results& doubtful) noexcept {
    using batch = xsimd::batch<T, Arch>;
    const op::doubt<T, Arch> doubt(least, sum_of_few<T, Arch>::most);
    const auto of = [&](std::size_t first) __attribute__((always_inline)) {
        return doubt(batch::load_unaligned(logs + first));
    };
    // Word by word: whatever is added to one in memory waits for what was added before.
    std::size_t k = 0;
    for (; k + 64 <= width; k += 64) {
        std::uint64_t word = 0;
#pragma GCC unroll 32
        for (std::size_t i = 0; i != 64; i += batch::size) word |= of(k + i) << i;
        doubtful[k / 64] |= word;
    }
    for (; k < width; k += batch::size) {
        const std::size_t first = std::min(k, width - batch::size);
        doubtful[k / 64] |= of(first) >> (k - first) << k % 64;
    }
}

/// The logs of short rows, read as floats before they are transposed: to read one element after the other of another type
/// takes several times as long. `from` is the first of `width` rows, a batch or more, that are `stride` apart.
template <class Arch, class Element>
inline void reduce_widened_rows(const Element* from, std::ptrdiff_t stride, const std::ptrdiff_t* offsets,
                                std::ptrdiff_t terms, std::size_t width, float* logs) noexcept {
    constexpr std::size_t most = 32;
    alignas(64) std::array<float, most* static_cast<std::size_t>(short_row_of<float>)> rows;
    const few_terms<Arch, float> of_rows(terms, offsets, terms);
    for (std::size_t k = 0; k < width; k += most) {
        // The last ones as many as the others: what they share with those before comes out alike.
        const std::size_t count = std::min(most, width), first = std::min(k, width - count);
        const Element* row = from + static_cast<std::ptrdiff_t>(first) * stride;
        // What lies between the rows is not touched.
        const std::ptrdiff_t together = stride == terms ? static_cast<std::ptrdiff_t>(count) : 1;
        float* to = rows.data();
        for (std::size_t i = 0; i < count; i += static_cast<std::size_t>(together)) {
            pack<Arch>(row, 1, together * terms, to);
            row += together * stride;
            to += together * terms;
        }
        of_rows.take_logs(rows.data(), count, logs + first);
    }
}

/// The logs of a tile's results, all terms of which are few; where they do not lie side by side they are brought together.
/// Which results are doubtful depends on how far apart those of type Element are.
template <class Arch, class Element>
inline void reduce_short_tile(const plan& p, const tile& t, const Element* elements,
                              block_reader<Arch, Element>& blocks, compute_t<Element>* logs,
                              doubtful_results& doubtful) noexcept {
    using compute = compute_t<Element>;
    const compute least = sum_of_few<compute, Arch>::least_certain(p.terms, element_traits<Element>::epsilon);
    std::array<std::ptrdiff_t, static_cast<std::size_t>(short_row_of<float>)> offsets;
    std::size_t width = t.width;
    if (t.is_regular) {
        cursor next(p.reduced);
        for (std::ptrdiff_t i = 0; i != p.terms; ++i, next.advance(1))
            offsets[static_cast<std::size_t>(i)] = next.offset();
        const Element* const from = elements + t.offset_of(0);
        bool widens = false;
        if constexpr (!std::same_as<Element, compute> && transposes<Arch, compute>) {
            // Of few terms, to widen each row by itself takes longer.
            widens = (t.stride() == p.terms || p.terms >= short_row) && are_neighbours(offsets.data(), p.terms);
            if (widens) reduce_widened_rows<Arch>(from, t.stride(), offsets.data(), p.terms, width, logs);
        }
        if (!widens) few_terms<Arch, Element>(t.stride(), offsets.data(), p.terms).take_logs(from, width, logs);
    } else {
        blocks.template visit_columns<compute>(
            t.offset.data(), t.width, {0, p.terms}, [&](const column_block<compute>& block) {
                for (std::size_t i = 0; i != static_cast<std::size_t>(p.terms); ++i)
                    offsets[i] = block.rows[i] - block.rows[0];
                width = block.width;
                few_terms<Arch, compute>(1, offsets.data(), p.terms).take_logs(block.rows[0], width, logs);
            });
    }
    mark_doubtful<Arch>(logs, width, least, doubtful);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
