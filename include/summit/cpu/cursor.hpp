// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// A place in a loop nest, which moves forward in the nest's order. No part of it may become a function of its own, which
/// files built for different instruction sets would share.
class cursor {
public:
    [[gnu::always_inline]] explicit cursor(const loop_nest& nest, std::ptrdiff_t offset = 0,
                                           std::ptrdiff_t result_offset = 0) noexcept
        : nest_(&nest), offset_(offset), result_offset_(result_offset) {
        for (std::size_t i = 0; i != nest.size(); ++i) index_[i] = 0;
    }

    /// Moves from the start to the element that comes after `count` others.
    [[gnu::always_inline]] void seek(std::ptrdiff_t count) noexcept {
        for (std::size_t i = nest_->size(); i-- != 0 && count != 0;) {
            const loop& l = (*nest_)[i];
            index_[i] = count % l.extent;
            count /= l.extent;
            offset_ += index_[i] * l.stride;
            result_offset_ += index_[i] * l.result_stride;
        }
    }

    [[nodiscard, gnu::always_inline]] std::ptrdiff_t offset() const noexcept { return offset_; }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t result_offset() const noexcept { return result_offset_; }

    /// How many elements from here on, this one included, lie `stride()` apart.
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t run() const noexcept {
        return nest_->empty() ? 1 : nest_->innermost().extent - index_[nest_->size() - 1];
    }

    [[nodiscard, gnu::always_inline]] std::ptrdiff_t stride() const noexcept {
        return nest_->empty() ? 1 : nest_->innermost().stride;
    }

    [[nodiscard, gnu::always_inline]] std::ptrdiff_t result_stride() const noexcept {
        return nest_->empty() ? 1 : nest_->innermost().result_stride;
    }

    /// Moves on by `count`, at most run(), elements.
    [[gnu::always_inline]] void advance(std::ptrdiff_t count) noexcept {
        std::ptrdiff_t steps = count;
        for (std::size_t i = nest_->size(); i-- != 0;) {
            const loop& l = (*nest_)[i];
            index_[i] += steps;
            // Back to the first element in one step: where the one behind the last would lie, no offset may tell.
            const bool is_past_end = index_[i] == l.extent;
            if (is_past_end) steps -= l.extent;
            offset_ += steps * l.stride;
            result_offset_ += steps * l.result_stride;
            if (!is_past_end) return;
            index_[i] = 0;
            steps = 1;
        }
    }

private:
    const loop_nest* nest_;
    std::array<std::ptrdiff_t, max_rank> index_;
    std::ptrdiff_t offset_;
    std::ptrdiff_t result_offset_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
