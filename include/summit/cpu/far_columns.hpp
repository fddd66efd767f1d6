// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/columns.hpp>
#include <summit/instruction_set.hpp>
#include <summit/op/online_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The logs of results of a few terms that begin at `offsets`, `width` ≤ tile_width of them, right wherever they are far from
/// 0; NaN where the general way is wanted. That takes several times as long: it knows of blocks, and of infinities.
template <class Arch, class Element>
inline void log_far_columns(block_reader<Arch, Element>& blocks, const std::ptrdiff_t* offsets, std::size_t width,
                            std::ptrdiff_t terms, double* logs) noexcept {
    using batch = xsimd::batch<double, Arch>;
    std::array<op::online_sum<Arch>, block_reader<Arch, Element>::tile_width / batch::size> sums;
    blocks.template visit_columns<double>(offsets, width, {0, terms}, [&](const column_block<double>& block) {
        for (std::size_t k = 0; k * batch::size < block.width; ++k) {
            auto sum = sums[k];
            for (std::ptrdiff_t r = 0; r != block.count; ++r)
                sum.add(batch::load_unaligned(block.rows[r] + k * batch::size));
            sums[k] = sum;
        }
    });
    for (std::size_t k = 0; k * batch::size < width; ++k) sums[k].log().store_unaligned(logs + k * batch::size);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
