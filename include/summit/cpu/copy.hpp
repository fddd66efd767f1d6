// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/cursor.hpp>
#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/cpu/short_runs.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The copy that a reduction of one term a result is: bit by bit, integers as floats. Elements are copied block by block of two
/// loops, that in which they lie nearest to each other and that in which results do, so that lines of memory are read and
/// written whole.
template <class Arch, class Element>
class element_copy {
    using result = result_t<Element>;

public:
    /// Blocks of up to `most` elements, 1024 or more.
    element_copy(const plan& p, const Element* elements, result* results, std::ptrdiff_t most) noexcept
        : plan_(p), elements_(elements), results_(results) {
        const std::size_t size = p.kept.size();
        if (size == 0) return;
        across_ = p.kept.innermost();
        // Among equals the inner loop.
        std::size_t nearest = size - 1;
        for (std::size_t i = size - 1; i-- != 0;)
            if (distance(p.kept[i].result_stride) < distance(p.kept[nearest].result_stride)) nearest = i;
        turns_ = nearest != size - 1;
        const std::size_t chosen = turns_ ? nearest : size - 2;
        if (size > 1) down_ = p.kept[chosen];
        for (std::size_t i = 0; i + 1 < size; ++i)
            if (i != chosen) outer_.push_back(p.kept[i]);
        columns_ = std::min(across_.extent, turns_ ? side : most);
        rows_ = std::min(down_.extent, turns_ ? side : std::max<std::ptrdiff_t>(most / columns_, 1));
        blocks_across_ = (across_.extent + columns_ - 1) / columns_;
        blocks_of_plane_ = blocks_across_ * ((down_.extent + rows_ - 1) / rows_);
    }

    /// How many blocks there are, and how many elements each has, but for the last ones of a loop.
    [[nodiscard]] std::ptrdiff_t blocks() const noexcept { return blocks_of_plane_ * outer_.count(); }
    [[nodiscard]] std::ptrdiff_t block_elements() const noexcept { return rows_ * columns_; }

    /// Copies the blocks from `first` on, before `last`.
    void run(std::ptrdiff_t first, std::ptrdiff_t last) const noexcept {
        cursor plane(outer_, plan_.origin, plan_.result_origin);
        plane.seek(first / blocks_of_plane_);
        std::ptrdiff_t of_plane = first % blocks_of_plane_;
        for (std::ptrdiff_t i = first; i != last; ++i) {
            const std::ptrdiff_t row = of_plane / blocks_across_ * rows_, column = of_plane % blocks_across_ * columns_;
            copy_block(elements_ + plane.offset() + row * down_.stride + column * across_.stride,
                       results_ + plane.result_offset() + row * down_.result_stride + column * across_.result_stride,
                       std::min(rows_, down_.extent - row), std::min(columns_, across_.extent - column));
            if (++of_plane != blocks_of_plane_) continue;
            of_plane = 0;
            plane.advance(1);
        }
    }

private:
    /// Rows and columns of a block that is turned: two lines of the smallest elements' results.
    static constexpr std::ptrdiff_t side = 32;

    [[nodiscard]] static std::ptrdiff_t distance(std::ptrdiff_t stride) noexcept {
        return stride < 0 ? -stride : stride;
    }

    [[nodiscard, gnu::always_inline]] static result converted(const Element& x) noexcept {
        if constexpr (std::same_as<Element, result>)
            return x;
        else
            return static_cast<result>(x);
    }

    void copy_block(const Element* from, result* to, std::ptrdiff_t rows, std::ptrdiff_t columns) const noexcept {
        if (turns_) return turn_block(from, to, rows, columns);
        for (std::ptrdiff_t r = 0; r != rows; ++r, from += down_.stride, to += down_.result_stride)
            copy_row(from, to, columns);
    }

    void copy_row(const Element* from, result* to, std::ptrdiff_t columns) const noexcept {
        const std::ptrdiff_t stride = across_.stride, result_stride = across_.result_stride;
        if (stride != 1 || result_stride != 1)
            for (std::ptrdiff_t i = 0; i != columns; ++i) to[i * result_stride] = converted(from[i * stride]);
        else if constexpr (std::same_as<Element, result>)
            copy_neighbours(from, columns, to);
        else
            pack<Arch>(from, 1, columns, to);
    }

    /// By way of a block in the first cache: lines that lie a power of two apart share few places there.
    void turn_block(const Element* from, result* to, std::ptrdiff_t rows, std::ptrdiff_t columns) const noexcept {
        std::array<result, static_cast<std::size_t>(side * side)> turned;
        for (std::ptrdiff_t r = 0; r != rows; ++r, from += down_.stride)
            for (std::ptrdiff_t i = 0; i != columns; ++i)
                turned[static_cast<std::size_t>(i * side + r)] = converted(from[i * across_.stride]);
        const result* row = turned.data();
        for (std::ptrdiff_t i = 0; i != columns; ++i, row += side, to += across_.result_stride) {
            if (down_.result_stride == 1)
                copy_neighbours(row, rows, to);
            else
                for (std::ptrdiff_t r = 0; r != rows; ++r) to[r * down_.result_stride] = row[r];
        }
    }

    const plan& plan_;
    const Element* elements_;
    result* results_;
    loop across_{1, 1, 1}; ///< elements that lie nearest to each other
    loop down_{1, 0, 0};   ///< the loop of a block that is not across_
    bool turns_ = false;   ///< results lie nearest to each other in down_
    loop_nest outer_;
    std::ptrdiff_t columns_ = 1, rows_ = 1;
    std::ptrdiff_t blocks_across_ = 1, blocks_of_plane_ = 1;
};

/// Copies what lies at `elements` to what lies at `results`, as a plan of one term a result says.
template <class Arch, class Threads, class Element>
[[gnu::noinline]] inline void copy_elements(const plan& p, const Element* elements,
                                            result_t<Element>* results) noexcept {
    // To start and join threads takes as long as some hundred thousand elements.
    constexpr std::ptrdiff_t worth_sharing = 262144, share = 65536;
    const int most = p.results > worth_sharing ? Threads::team(p.results / share) : 1;
    const element_copy<Arch, Element> copy(p, elements, results, std::max(p.results / most, share));
    const std::ptrdiff_t step = most == 1 ? copy.blocks() : std::max<std::ptrdiff_t>(share / copy.block_elements(), 1);
    const std::ptrdiff_t shares = (copy.blocks() + step - 1) / step;
    Threads::for_each(shares, static_cast<int>(std::min<std::ptrdiff_t>(most, shares)), [&](std::ptrdiff_t i, int) {
        const default_arithmetic on_this_thread;
        copy.run(i * step, std::min((i + 1) * step, copy.blocks()));
    });
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
