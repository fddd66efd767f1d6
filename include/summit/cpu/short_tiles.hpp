// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/few_terms.hpp>
#include <summit/cpu/lane_values.hpp>
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
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Adds those of `width` logs of sums of a few terms, a batch or more, that are nearer 0 than `least`, or of no sum in range.
template <class Sum, class Arch, class T>
inline void mark_doubtful(const T* logs, std::size_t width, T least, lane_set& doubtful) noexcept {
    using batch = xsimd::batch<T, Arch>;
    const auto doubt = [&] {
        if constexpr (Sum::is_relative)
            return op::doubt<T, Arch>(least);
        else
            return op::doubt<T, Arch>(least, Sum::most);
    }();
    const auto of = [&](std::size_t first) __attribute__((always_inline)) {
        return doubt(batch::load_unaligned(logs + first));
    };
    // Word by word: whatever is added to one in memory waits for what was added before.
    std::size_t k = 0;
    for (; k + 64 <= width; k += 64) {
        std::uint64_t word = 0;
#pragma GCC unroll 32
        for (std::size_t i = 0; i != 64; i += batch::size) word |= of(k + i) << i;
        doubtful.word(k) |= word;
    }
    for (; k < width; k += batch::size) {
        const std::size_t first = std::min(k, width - batch::size);
        doubtful.word(k) |= of(first) >> (k - first) << k % 64;
    }
}

/// The logs of a tile's results, all terms of which are few; where they do not lie side by side they are brought together.
template <class Op, class Arch, class Element>
class short_tile {
    using compute = compute_t<Element>;
    using plain_sum = typename Op::template sum_of_few<compute, Arch, false>;
    using relative_sum = typename Op::template sum_of_few<compute, Arch, true>;

public:
    short_tile(const plan& p, const tile& t, const Element* elements, block_reader<Arch, Element>& blocks) noexcept
        : plan_(p), tile_(t), elements_(elements), blocks_(blocks) {}

    /// Which results are doubtful depends on how far apart those of type Element are. `is_relative` guesses whether some want a
    /// reference, as those of the tile before did; no bit depends on that.
    void reduce(compute* logs, lane_set& doubtful, bool& is_relative) noexcept {
        const compute least = plain_sum::least_certain(plan_.terms, element_traits<Element>::epsilon);
        if (!is_relative && !seems_relative() && take_logs<plain_sum>(logs)) {
            mark_doubtful<plain_sum, Arch>(logs, width_, least, doubtful);
            if (!any_far(logs, doubtful)) return;
            doubtful = {};
        }
        is_relative = !take_logs<relative_sum>(logs);
        mark_doubtful<relative_sum, Arch>(logs, width_, least, doubtful);
    }

    /// The logs of sums that are near 0, as good as tile_totals::finer_logs makes them, and the same.
    template <class Sum>
    void take_finer_logs(compute* logs) noexcept {
        (void)take_logs<Sum>(logs);
    }

private:
    /// A glance at three results, for those who have no tile before.
    [[nodiscard]] bool seems_relative() const noexcept {
        constexpr compute near_zero = plain_sum::reference.near_zero;
        bool seems = false;
        for (const std::size_t i : {std::size_t{0}, tile_.width / 2, tile_.width - 1}) {
            const auto x = static_cast<compute>(elements_[tile_.offset_of(i)]);
            seems |= !(x <= near_zero && x >= -near_zero);
        }
        return seems;
    }

    /// Whether one of those that are doubtful is so because its sum was out of range: then those are summed relative to something
    /// at once.
    [[nodiscard]] bool any_far(const compute* logs, const lane_set& doubtful) const noexcept {
        using number = xsimd::as_unsigned_integer_t<compute>;
        for (std::size_t i = doubtful.next(0); i < width_; i = doubtful.next(i + 1))
            if ((std::bit_cast<number>(logs[i]) & std::numeric_limits<number>::max() >> 1) >=
                std::bit_cast<number>(plain_sum::most))
                return true;
        return false;
    }

    template <class Sum>
    [[nodiscard]] bool take_logs(compute* logs) noexcept {
        width_ = tile_.width;
        if (!tile_.is_regular) return take_packed_logs<Sum>(logs);
        cursor next(plan_.reduced);
        for (std::ptrdiff_t i = 0; i != plan_.terms; ++i, next.advance(1))
            offsets_[static_cast<std::size_t>(i)] = next.offset();
        const Element* const from = elements_ + tile_.offset_of(0);
        if constexpr (!std::same_as<Element, compute> && transposes<Arch, compute>) {
            // Of few terms, to widen each row by itself takes longer.
            if ((tile_.stride() == plan_.terms || plan_.terms >= short_row) &&
                are_neighbours(offsets_.data(), plan_.terms))
                return take_widened_logs<Sum>(from, logs);
        }
        // Elements of other types: only the sums that are wanted most have code that reads them where they lie. Without transposing,
        // all do: there may be more terms than are packed at once.
        if constexpr (std::same_as<Element, compute> || std::same_as<Sum, plain_sum> || !transposes<Arch, compute>)
            return few_terms<Arch, Element, Sum>(tile_.stride(), offsets_.data(), plan_.terms)
                .take_logs(from, width_, logs);
        else
            return take_packed_logs<Sum>(logs);
    }

    /// Where the tile is not regular, also those of what fills the last vector.
    template <class Sum>
    [[nodiscard]] bool take_packed_logs(compute* logs) noexcept {
        bool all_fit = true;
        alignas(64) std::array<compute, block_reader<Arch, Element>::tile_width> of_block;
        visit_columns_of<compute>(blocks_, tile_, {0, tile_.width}, {0, plan_.terms},
                                  [&](const column_block<compute>& block, std::size_t first, std::size_t width) {
                                      for (std::size_t i = 0; i != static_cast<std::size_t>(plan_.terms); ++i)
                                          offsets_[i] = block.rows[i] - block.rows[0];
                                      all_fit &= few_terms<Arch, compute, Sum>(1, offsets_.data(), plan_.terms)
                                                     .take_logs(block.rows[0], block.width, of_block.data());
                                      width_ = first + (tile_.is_regular ? width : block.width);
                                      std::copy_n(of_block.data(), width_ - first, logs + first);
                                  });
        return all_fit;
    }

    /// Of short rows, read as floats before they are transposed: to read one element after the other of another type takes
    /// several times as long.
    template <class Sum>
    [[nodiscard]] bool take_widened_logs(const Element* from, float* logs) noexcept {
        constexpr std::size_t most = 32;
        alignas(64) std::array<float, most* static_cast<std::size_t>(short_row_of<float>)> rows;
        const std::ptrdiff_t stride = tile_.stride(), terms = plan_.terms;
        const few_terms<Arch, float, Sum> of_rows(terms, offsets_.data(), terms);
        bool all_fit = true;
        for (std::size_t k = 0; k < width_; k += most) {
            // The last ones as many as the others: what they share with those before comes out alike.
            const std::size_t count = std::min(most, width_), first = std::min(k, width_ - count);
            const Element* row = from + static_cast<std::ptrdiff_t>(first) * stride;
            // What lies between the rows is not touched.
            const std::ptrdiff_t together = stride == terms ? static_cast<std::ptrdiff_t>(count) : 1;
            float* to = rows.data();
            for (std::size_t i = 0; i < count; i += static_cast<std::size_t>(together)) {
                pack<Arch>(row, 1, together * terms, to);
                row += together * stride;
                to += together * terms;
            }
            all_fit &= of_rows.take_logs(rows.data(), count, logs + first);
            if (!Sum::is_relative && !all_fit) return false;
        }
        return all_fit;
    }

    const plan& plan_;
    const tile& tile_;
    const Element* elements_;
    block_reader<Arch, Element>& blocks_;
    std::array<std::ptrdiff_t, static_cast<std::size_t>(short_row_of<float>)> offsets_;
    std::size_t width_ = 0;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
