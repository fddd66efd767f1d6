// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/cursor.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/separate.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/op/complex_log_sum_exp.hpp>
#include <summit/op/complex_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Up to 64 rows of 16 complex numbers, in double, real and imaginary parts apart: what is summed at a time, whatever lies where.
/// A lane, one of the 16, is a result of its own or each 16th term of one result. Some 16 lanes on every architecture, so that the
/// sums are the same.
template <class Arch>
class complex_sheet {
    using algebra = op::complex_log_sum_exp;
    using batch = xsimd::batch<double, Arch>;
    using sum_type = op::complex_sum<Arch>;

public:
    static constexpr std::size_t width = 16;
    static constexpr std::size_t batches = width / batch::size;
    static constexpr std::ptrdiff_t most_rows = 64;
    static constexpr std::ptrdiff_t most_terms = most_rows * static_cast<std::ptrdiff_t>(width);

    using sums = std::array<sum_type, batches>;
    using flags = std::array<std::uint32_t, width>;

    /// Reads the next `terms` terms of one result, dealt to the lanes in turn; the rest of the last row adds nothing.
    template <class T>
    void load_row(const std::complex<T>* start, cursor& next, std::ptrdiff_t terms) noexcept {
        std::ptrdiff_t done = 0;
        while (done != terms) {
            const std::ptrdiff_t run = std::min(terms - done, next.run());
            separate<Arch>(start + next.offset(), next.stride(), run, real_.data() + done, imag_.data() + done);
            next.advance(run);
            done += run;
        }
        for (; done % static_cast<std::ptrdiff_t>(width) != 0; ++done) pad(static_cast<std::size_t>(done));
        rows_ = static_cast<std::size_t>(done) / width;
    }

    /// Reads one row for each of `rows` terms, at row_offsets, and one lane for each of at most 16 results.
    template <class T>
    void load_columns(const std::complex<T>* elements, const std::ptrdiff_t* row_offsets, std::size_t rows,
                      const tile& t, const lane_range& lanes) noexcept {
        const std::size_t count = lanes.last - lanes.first;
        for (std::size_t i = 0; i != count;) {
            // Results that are equally far apart, in a regular tile all.
            std::size_t end = i + 1;
            std::ptrdiff_t stride = 1;
            if (end != count) stride = t.offset_of(lanes.first + end) - t.offset_of(lanes.first + i);
            while (end != count && t.offset_of(lanes.first + end) - t.offset_of(lanes.first + end - 1) == stride) ++end;
            const std::complex<T>* const from = elements + t.offset_of(lanes.first + i);
            if (stride == 1 && end - i == width) {
                load_pieces(from, row_offsets, rows);
                break;
            }
            for (std::size_t r = 0; r != rows; ++r)
                separate<Arch>(from + row_offsets[r], stride, static_cast<std::ptrdiff_t>(end - i),
                               &real_[r * width + i], &imag_[r * width + i]);
            i = end;
        }
        if (count != width)
            for (std::size_t r = 0; r != rows; ++r)
                for (std::size_t i = count; i != width; ++i) pad(r * width + i);
        rows_ = rows;
    }

    /// Adds each lane to the sum of its own result.
    void add_to_each(sums& to, flags& met) noexcept {
        look_for_summits(met);
        bool any_before = false;
        for (std::size_t k = 0; k != batches; ++k) {
            const std::size_t first = k * batch::size;
            const batch top = batch::load_aligned(&max_[first]);
            for (std::uint64_t left = (top > to[k].max).mask(); left != 0; left &= left - 1) {
                const std::size_t lane = first + static_cast<std::size_t>(std::countr_zero(left));
                phase_[lane] = take(at_[lane], lane);
            }
            const auto before = to[k].see(top, batch::load_aligned(&phase_[first]));
            before.re.store_aligned(&real_[rows_ * width + first]);
            before.im.store_aligned(&imag_[rows_ * width + first]);
            any_before = any_before || xsimd::any(!sum_type::is_nothing(before.re));
        }
        if (any_before) ++rows_;
        add(to);
    }

    /// Adds all lanes to the sums of one result, which have one summit.
    void add_to_one(sums& to, std::uint32_t& met) noexcept {
        flags of_lanes{};
        look_for_summits(of_lanes);
        for (const std::uint32_t one : of_lanes) met |= one;
        const auto best = static_cast<std::size_t>(std::max_element(max_.begin(), max_.end()) - max_.begin());
        if (max_[best] > to[0].max.get(0)) {
            const batch top(max_[best]), phase(take(at_[best], best));
            const auto before = to[0].see(top, phase);
            for (std::size_t k = 1; k != batches; ++k) to[k].see(top, phase);
            if (!xsimd::any(sum_type::is_nothing(before.re))) {
                for (std::size_t lane = 1; lane != width; ++lane) pad(rows_ * width + lane);
                real_[rows_ * width] = before.re.get(0);
                imag_[rows_ * width] = before.im.get(0);
                ++rows_;
            }
        }
        add(to);
    }

private:
    /// Reads 16 neighbours for each row, and asks for those beside them, which are next to be read.
    template <class T>
    void load_pieces(const std::complex<T>* from, const std::ptrdiff_t* row_offsets, std::size_t rows) noexcept {
        constexpr std::uintptr_t piece = width * sizeof(std::complex<T>);
        for (std::size_t r = 0; r != rows; ++r) {
            const std::complex<T>* const at = from + row_offsets[r];
            for (std::uintptr_t i = 0; i != piece; i += line_bytes)
                prefetch(reinterpret_cast<std::uintptr_t>(at) + piece + i);
            separate_some<Arch>(at, width, &real_[r * width], &imag_[r * width]);
        }
    }

    void pad(std::size_t i) noexcept {
        real_[i] = -std::numeric_limits<double>::infinity();
        imag_[i] = 0.0;
    }

    /// Takes a term out. Returns its imaginary part.
    [[nodiscard]] double take(double row, std::size_t lane) noexcept {
        const std::size_t i = static_cast<std::size_t>(row) * width + lane;
        const double phase = imag_[i];
        pad(i);
        return phase;
    }

    /// The largest real part of each lane, and its row. Terms that are infinite or NaN are noted, and taken out first.
    void look_for_summits(flags& met) noexcept {
        turns_far_ = false;
        if (!look()) return;
        neutralise(met);
        static_cast<void>(look());
        turns_far_ = true;
    }

    /// Returns whether there are terms that are infinite or NaN, but for −inf as a real part, or have large imaginary parts. By
    /// the bits, as integers, so that none of it is in the way of the arithmetic.
    [[nodiscard]] bool look() noexcept {
        using bits = xsimd::batch<std::uint64_t, Arch>;
        const auto bits_of = [](const batch& x) { return xsimd::bitwise_cast<std::uint64_t>(x); };
        std::array<batch, batches> max, at;
        std::array<bits, batches> outside;
        for (std::size_t k = 0; k != batches; ++k) {
            max[k] = batch(-std::numeric_limits<double>::infinity());
            at[k] = batch(0.0);
            outside[k] = bits(0);
        }
        const bits magnitude(~std::uint64_t{0} >> 1);
        const bits largest(std::bit_cast<std::uint64_t>(math::largest_quickly_turned<Arch>));
        // Takes every NaN, and nothing else, across a change of the sign.
        const bits past_infinity((std::uint64_t{1} << 52) - 1);
        batch row(0.0);
        for (std::size_t r = 0; r != rows_; ++r, row += batch(1.0))
            for (std::size_t k = 0; k != batches; ++k) {
                const batch re = batch::load_aligned(&real_[r * width + k * batch::size]);
                const batch im = batch::load_aligned(&imag_[r * width + k * batch::size]);
                at[k] = xsimd::select(re > max[k], row, at[k]);
                max[k] = xsimd::max(re, max[k]);
                outside[k] =
                    outside[k] | (largest - (bits_of(im) & magnitude)) | (bits_of(re) ^ (bits_of(re) + past_infinity));
            }
        bool any = false;
        for (std::size_t k = 0; k != batches; ++k) {
            max[k].store_aligned(&max_[k * batch::size]);
            at[k].store_aligned(&at_[k * batch::size]);
            constexpr auto infinity = std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
            any = any || xsimd::any(((outside[k] >> 63) != bits(0)) | (bits_of(max[k]) == bits(infinity)));
        }
        return any;
    }

    void neutralise(flags& met) noexcept {
        for (std::size_t first = 0; first != rows_ * width; first += batch::size) {
            if (!algebra::template any_special<Arch>(batch::load_aligned(&real_[first]),
                                                     batch::load_aligned(&imag_[first])))
                continue;
            for (std::size_t i = first; i != first + batch::size; ++i) {
                met[i % width] |= algebra::template contribution<Arch>(real_[i], imag_[i]);
                if (!algebra::template is_finite<Arch>(real_[i]) || !algebra::template is_finite<Arch>(imag_[i]))
                    pad(i);
            }
        }
    }

    void add(sums& to) noexcept {
        for (std::size_t k = 0; k != batches; ++k) {
            const std::size_t first = k * batch::size;
            if (xsimd::any(to[k].offset != batch(0.0))) [[unlikely]]
                for (std::size_t i = first; i < rows_ * width; i += width)
                    math::opaque(batch::load_aligned(&real_[i]) - to[k].offset).store_aligned(&real_[i]);
            constexpr auto stride = static_cast<std::ptrdiff_t>(width);
            const auto count = static_cast<std::ptrdiff_t>(rows_);
            if (turns_far_)
                to[k].template add<true>(&real_[first], &imag_[first], stride, count);
            else
                to[k].template add<false>(&real_[first], &imag_[first], stride, count);
        }
    }

    std::size_t rows_ = 0;
    bool turns_far_ = false; ///< some imaginary part may be large
    alignas(64) std::array<double, width> max_, at_, phase_;
    /// One row more, for summits before.
    alignas(64) std::array<double, static_cast<std::size_t>(most_terms) + width> real_;
    alignas(64) std::array<double, static_cast<std::size_t>(most_terms) + width> imag_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
