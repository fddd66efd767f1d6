// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// A block of rows that lie anywhere, all of them `width` wide. Every lane is a result of its own.
template <class T>
struct column_block {
    const T* const* rows;
    std::ptrdiff_t count;
    std::size_t width; ///< a multiple of the batch
};

/// The largest element of each column.
template <class Op, class Arch, class T>
inline void column_max(const column_block<T>& block, T* max) noexcept {
    using batch = xsimd::batch<T, Arch>;
    const auto lowest = batch(-std::numeric_limits<T>::infinity());
    // Four batches wide: whole cache lines of a row at a time, on every architecture.
    constexpr std::size_t group = 4 * batch::size;
    std::size_t column = 0;
    for (; column + group <= block.width; column += group) {
        batch m0 = lowest, m1 = lowest, m2 = lowest, m3 = lowest;
        for (std::ptrdiff_t r = 0; r != block.count; ++r) {
            const T* row = block.rows[r] + column;
            m0 = Op::larger(m0, batch::load_unaligned(row));
            m1 = Op::larger(m1, batch::load_unaligned(row + batch::size));
            m2 = Op::larger(m2, batch::load_unaligned(row + 2 * batch::size));
            m3 = Op::larger(m3, batch::load_unaligned(row + 3 * batch::size));
        }
        m0.store_unaligned(max + column);
        m1.store_unaligned(max + column + batch::size);
        m2.store_unaligned(max + column + 2 * batch::size);
        m3.store_unaligned(max + column + 3 * batch::size);
    }
    for (; column != block.width; column += batch::size) {
        batch m = lowest;
        for (std::ptrdiff_t r = 0; r != block.count; ++r)
            m = Op::larger(m, batch::load_unaligned(block.rows[r] + column));
        m.store_unaligned(max + column);
    }
}

/// The sum of the terms of each column; terms_at(column) are those of the batch that starts there.
template <class Arch, class T, class TermsAt>
inline void column_sum(const column_block<T>& block, const TermsAt& terms_at, double* high, double* low) noexcept {
    using batch = xsimd::batch<T, Arch>;
    using wide = xsimd::batch<double, Arch>;
    for (std::size_t column = 0; column != block.width; column += batch::size) {
        const auto terms = terms_at(column);
        using sum_type = math::running_sum<T, Arch>;
        sum_type sum{};
        const auto term = [&](std::ptrdiff_t r) { return terms(batch::load_unaligned(block.rows[r] + column)); };
        std::ptrdiff_t r = 0;
        for (; r + 4 <= block.count; r += 4) sum.add(term(r), term(r + 1), term(r + 2), term(r + 3));
        for (; r != block.count; ++r) sum.add(term(r));
        for (std::size_t part = 0; part != sum_type::wide_count; ++part) {
            const auto total = sum.total(part);
            total.high.store_unaligned(high + column + part * wide::size);
            total.low.store_unaligned(low + column + part * wide::size);
        }
    }
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
