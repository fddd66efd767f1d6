// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/cursor.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The terms that a result's reference is chosen from: the same ones of each result, by the plan alone. They lie all over the
/// result, its first terms and, of long ones, its last terms among them, as masks often leave one end. Of rows of fewer than
/// 1024 terms only the first are looked at: those are read next.
///
/// How far the largest of so many normal numbers lies below the largest of all decides how many there are: with a standard
/// deviation of 30, of 1024 in a column the 32 sampled ones miss it by 35 ± 17, and 115 are allowed.
class term_sample {
public:
    /// Terms one after the other, as far as these lie in one loop.
    struct piece {
        std::ptrdiff_t offset;
        std::ptrdiff_t count;
    };

    static constexpr std::ptrdiff_t piece_terms = 16; ///< along a row: the floats of the widest vector
    static constexpr std::ptrdiff_t most = 32;        ///< pieces

    [[gnu::always_inline]] explicit term_sample(const plan& p) noexcept {
        const bool is_row = p.lie == orientation::rows;
        std::ptrdiff_t length = is_row ? std::min(piece_terms, p.terms) : 1;
        // So that the last one ends with the last term.
        if (is_row && p.reduced.size() > 1) length = std::min(length, p.reduced.innermost().extent);
        const std::ptrdiff_t last = p.terms - length; // where the last piece begins
        if (is_row)
            count_ = std::clamp<std::ptrdiff_t>(p.terms / 512, 1, 16);
        else
            count_ = std::clamp<std::ptrdiff_t>(p.terms / 16, std::min<std::ptrdiff_t>(p.terms, 4), most);
        const std::ptrdiff_t step = last / std::max<std::ptrdiff_t>(count_ - 1, 1);
        stride_ = p.reduced.empty() ? 1 : p.reduced.innermost().stride;
        for (std::ptrdiff_t i = 0; i != count_; ++i) {
            const std::ptrdiff_t first = i != 0 && i + 1 == count_ ? last : i * step;
            auto& next = pieces_[static_cast<std::size_t>(i)];
            if (p.reduced.size() <= 1) {
                next = {first * stride_, length};
            } else {
                cursor at(p.reduced);
                at.seek(first);
                next = {at.offset(), std::min(length, at.run())};
            }
        }
    }

    [[nodiscard, gnu::always_inline]] const piece* begin() const noexcept { return pieces_.data(); }
    [[nodiscard, gnu::always_inline]] const piece* end() const noexcept { return pieces_.data() + count_; }
    /// From one term of a piece to the next.
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t stride() const noexcept { return stride_; }

private:
    std::array<piece, static_cast<std::size_t>(most)> pieces_;
    std::ptrdiff_t count_ = 0;
    std::ptrdiff_t stride_ = 1;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
