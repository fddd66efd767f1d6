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

/// Adds those of `width` logs of sums of a few terms, a batch or more, that are nearer 0 than `least`, as what stands for an
/// unknown one is.
template <class Arch, class T>
inline void mark_doubtful(const T* logs, std::size_t width, T least, lane_set& doubtful) noexcept {
    using batch = xsimd::batch<T, Arch>;
    const op::doubt<T, Arch> doubt(least);
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
        fit fits;
        if (is_relative || seems_relative() || !take_logs<plain_sum>(logs, fits))
            (void)take_logs<relative_sum>(logs, fits);
        is_relative = !fits.is_good();
        mark_doubtful<Arch>(logs, width_, plain_sum::least_certain(plan_.terms, element_traits<Element>::epsilon),
                            doubtful);
    }

    /// The logs of sums that are near 0, as good as tile_totals::finer_logs makes them, and the same.
    template <class Sum>
    void take_finer_logs(compute* logs) noexcept {
        fit ignored;
        (void)take_logs<Sum>(logs, ignored);
    }

private:
    /// A glance at three results, for those who have no tile before.
    [[nodiscard]] bool seems_relative() const noexcept {
        constexpr compute near_zero = plain_sum::reference.near_zero;
        bool seems = false;
        for (const std::size_t i : {std::size_t{0}, tile_.width / 2, tile_.width - 1}) {
            const auto x = static_cast<compute>(elements_[tile_.offset_of(i)]);
            seems |= x > near_zero || (x < -near_zero && x >= std::numeric_limits<compute>::lowest());
        }
        return seems;
    }

    template <class Sum>
    using instead_of = std::conditional_t<std::same_as<Sum, plain_sum>, relative_sum, void>;
    template <class Sum>
    using instead_in_place = std::conditional_t<std::same_as<Element, compute>, instead_of<Sum>, void>;

    /// Returns whether they are right, as few_terms does.
    template <class Sum>
    [[nodiscard]] bool take_logs(compute* logs, fit& fits) noexcept {
        width_ = tile_.width;
        if (!tile_.is_regular) return take_packed_logs<Sum>(logs, fits);
        cursor next(plan_.reduced);
        for (std::ptrdiff_t i = 0; i != plan_.terms; ++i, next.advance(1))
            offsets_[static_cast<std::size_t>(i)] = next.offset();
        const Element* const from = elements_ + tile_.offset_of(0);
        if constexpr (!std::same_as<Element, compute> && transposes<Arch, compute>) {
            // Of few terms, to widen each row by itself takes longer.
            if ((tile_.stride() == plan_.terms || plan_.terms >= short_row) &&
                are_neighbours(offsets_.data(), plan_.terms))
                return take_widened_logs<Sum>(from, logs, fits);
        }
        // Elements of other types: only the sums that are wanted most have code that reads them where they lie. Without transposing,
        // all do: there may be more terms than are packed at once.
        if constexpr (std::same_as<Element, compute> || std::same_as<Sum, plain_sum> || !transposes<Arch, compute>)
            return few_terms<Arch, Element, Sum, instead_in_place<Sum>>(tile_.stride(), offsets_.data(), plan_.terms)
                .take_logs(from, width_, logs, fits);
        else
            return take_packed_logs<Sum>(logs, fits);
    }

    /// Where the tile is not regular, also those of what fills the last vector.
    template <class Sum>
    [[nodiscard]] bool take_packed_logs(compute* logs, fit& fits) noexcept {
        bool are_right = true;
        alignas(64) std::array<compute, block_reader<Arch, Element>::tile_width> of_block;
        visit_columns_of<compute>(blocks_, tile_, {0, tile_.width}, {0, plan_.terms},
                                  [&](const column_block<compute>& block, std::size_t first, std::size_t width) {
                                      for (std::size_t i = 0; i != static_cast<std::size_t>(plan_.terms); ++i)
                                          offsets_[i] = block.rows[i] - block.rows[0];
                                      are_right &= few_terms<Arch, compute, Sum, instead_of<Sum>>(1, offsets_.data(),
                                                                                                  plan_.terms)
                                                       .take_logs(block.rows[0], block.width, of_block.data(), fits);
                                      width_ = first + (tile_.is_regular ? width : block.width);
                                      std::copy_n(of_block.data(), width_ - first, logs + first);
                                  });
        return are_right;
    }

    /// Of short rows, read as floats before they are transposed: to read one element after the other of another type takes
    /// several times as long.
    template <class Sum>
    [[nodiscard]] bool take_widened_logs(const Element* from, float* logs, fit& fits) noexcept {
        bool are_right = true;
        constexpr std::size_t most = 32;
        alignas(64) std::array<float, most* static_cast<std::size_t>(short_row_of<float>)> rows;
        const std::ptrdiff_t stride = tile_.stride(), terms = plan_.terms;
        const few_terms<Arch, float, Sum, instead_of<Sum>> of_rows(terms, offsets_.data(), terms);
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
            are_right &= of_rows.take_logs(rows.data(), count, logs + first, fits);
        }
        return are_right;
    }

    const plan& plan_;
    const tile& tile_;
    const Element* elements_;
    block_reader<Arch, Element>& blocks_;
    std::array<std::ptrdiff_t, static_cast<std::size_t>(short_row_of<float>)> offsets_;
    std::size_t width_ = 0;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
