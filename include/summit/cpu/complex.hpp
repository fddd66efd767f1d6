// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/complex_sheet.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/default_arithmetic.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/cpu/workspace.hpp>
#include <summit/instruction_set.hpp>
#include <summit/op/complex_log_sum_exp.hpp>
#include <summit/op/complex_sum.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// log Σ exp(z) of a tile's results. One kernel serves all layouts, on sheets of 16 lanes: a lane is one result if the vectors lie
/// across results, and every 16th term of the one result if they lie along its terms.
template <class Arch, class Element, class Threads>
class complex_reduction {
    using algebra = op::complex_log_sum_exp;
    using batch = xsimd::batch<double, Arch>;
    using sheet = complex_sheet<Arch>;
    using sum_type = op::complex_sum<Arch>;
    using value = typename Element::value_type;

    static constexpr std::size_t width = sheet::width;

    /// What is known of 16 results.
    struct strip {
        using row = std::array<double, width>;
        alignas(64) row max, phase, offset, exponent, real_high, real_low, imag_high, imag_low;
        typename sheet::flags met;

        [[nodiscard]] sum_type load(std::size_t lane) const noexcept {
            const auto at = [lane](const row& from) { return batch::load_aligned(&from[lane]); };
            sum_type sum;
            sum.max = at(max);
            sum.phase = at(phase);
            sum.offset = at(offset);
            sum.exponent = at(exponent);
            sum.real = {at(real_high), at(real_low)};
            sum.imag = {at(imag_high), at(imag_low)};
            return sum;
        }
        void store(const sum_type& sum, std::size_t lane) noexcept {
            each(sum, [lane](const batch& x, row& to) { x.store_aligned(&to[lane]); });
        }
        /// The first lane of a sum.
        void store_first(const sum_type& sum, std::size_t lane) noexcept {
            each(sum, [lane](const batch& x, row& to) { to[lane] = x.get(0); });
        }

    private:
        template <class Put>
        void each(const sum_type& sum, const Put& put) noexcept {
            put(sum.max, max);
            put(sum.phase, phase);
            put(sum.offset, offset);
            put(sum.exponent, exponent);
            put(sum.real.high, real_high);
            put(sum.real.low, real_low);
            put(sum.imag.high, imag_high);
            put(sum.imag.low, imag_low);
        }
    };

    /// Columns are read in pieces of as many bytes as a page is walked for.
    static constexpr std::size_t widest = 64;
    static constexpr std::size_t most_strips = widest / width;

public:
    static constexpr tiling::widths tile_widths = {.rows = static_cast<std::ptrdiff_t>(width),
                                                   .pieces = static_cast<std::ptrdiff_t>(width),
                                                   .least_run = static_cast<std::ptrdiff_t>(width),
                                                   .irregular = static_cast<std::ptrdiff_t>(widest),
                                                   .widest = static_cast<std::ptrdiff_t>(widest)};

    /// Where tiles in several parts are summed: the strips of each part, and a sheet for each of `team` threads.
    struct parts_room {
        strip* strips = nullptr;
        sheet* sheets = nullptr;
        int team = 1;
    };
    [[nodiscard]] static std::size_t parts_bytes(const tiling& tiles, int team) noexcept {
        return tiles.parts() == 1 ? 0 : workspace_bytes<strip>(part_strips(tiles)) + workspace_bytes<sheet>(team);
    }
    [[nodiscard]] static parts_room take_parts(workspace<Arch>& memory, const tiling& tiles, int team) noexcept {
        if (tiles.parts() == 1) return {};
        auto* const strips = static_cast<strip*>(memory.template take<strip>(part_strips(tiles)));
        return {strips, static_cast<sheet*>(memory.template take<sheet>(team)), team};
    }

    complex_reduction(const plan& p, const tiling& tiles, const Element* elements, const parts_room& parts) noexcept
        : plan_(p), tiles_(tiles), elements_(elements), parts_(parts) {}

    /// No row is so short that a tile takes longer to set up than to sum.
    static bool reduce_one_row(const plan&, const Element*, Element*) noexcept { return false; }

    /// The tiles from `first` on, before `last`.
    void run(std::ptrdiff_t first, std::ptrdiff_t last, Element* results) noexcept {
        for (std::ptrdiff_t i = first; i != last; ++i) {
            tiles_.place(i, tile_);
            if (plan_.terms == 0) {
                for (std::size_t k = 0; k != tile_.width; ++k)
                    results[tile_.result_offset_of(k)] = {-std::numeric_limits<value>::infinity(), value(0)};
                continue;
            }
            if (tiles_.parts() == 1)
                sum(sheet_, {0, plan_.terms}, strips_.data());
            else
                sum_in_parts();
            for (std::size_t k = 0; k < tile_.width; k += width) finish(strips_[k / width], k, results);
        }
    }

private:
    /// The most strips that all parts of a tile have.
    [[nodiscard]] static std::ptrdiff_t part_strips(const tiling& tiles) noexcept {
        return tiles.parts() * static_cast<std::ptrdiff_t>(most_strips);
    }

    /// Sums some terms of all results of the tile.
    void sum(sheet& one, const term_range& terms, strip* strips) const noexcept {
        for (std::size_t first = 0; first < tile_.width; first += width) {
            strip& s = strips[first / width];
            for (std::size_t lane = 0; lane != width; lane += batch::size) s.store({}, lane);
            s.met.fill(0);
        }
        if (plan_.lie == orientation::columns)
            sum_columns(one, terms, strips);
        else
            for (std::size_t i = 0; i != tile_.width; ++i) sum_row(one, terms, i, strips[i / width]);
    }

    /// Strip after strip of some rows, so that what lies side by side is read together.
    void sum_columns(sheet& one, const term_range& terms, strip* strips) const noexcept {
        std::array<std::ptrdiff_t, static_cast<std::size_t>(sheet::most_rows)> offsets;
        cursor next(plan_.reduced);
        next.seek(terms.first);
        for (std::ptrdiff_t left = terms.count; left > 0;) {
            const std::ptrdiff_t rows = std::min(left, sheet::most_rows);
            left -= rows;
            for (std::size_t r = 0; r != static_cast<std::size_t>(rows); ++r, next.advance(1))
                offsets[r] = next.offset();
            for (std::size_t first = 0; first < tile_.width; first += width) {
                strip& s = strips[first / width];
                one.load_columns(elements_, offsets.data(), static_cast<std::size_t>(rows), tile_,
                                 {first, std::min(first + width, tile_.width)});
                typename sheet::sums sums;
                for (std::size_t k = 0; k != sheet::batches; ++k) sums[k] = s.load(k * batch::size);
                one.add_to_each(sums, s.met);
                for (std::size_t k = 0; k != sheet::batches; ++k) s.store(sums[k], k * batch::size);
            }
        }
    }

    void sum_row(sheet& one, const term_range& terms, std::size_t i, strip& s) const noexcept {
        typename sheet::sums sums;
        cursor next(plan_.reduced);
        next.seek(terms.first);
        for (std::ptrdiff_t left = terms.count; left > 0; left -= sheet::most_terms) {
            one.load_row(elements_ + tile_.offset_of(i), next, std::min(left, sheet::most_terms));
            one.add_to_one(sums, s.met[i % width]);
        }
        std::array<math::double_pair<Arch>, sheet::batches> real, imag;
        for (std::size_t k = 0; k != sheet::batches; ++k) {
            real[k] = sums[k].real;
            imag[k] = sums[k].imag;
        }
        sums[0].real = sum_of<Arch>(real);
        sums[0].imag = sum_of<Arch>(imag);
        s.store_first(sums[0], i % width);
    }

    void sum_in_parts() noexcept {
        Threads::for_each(tiles_.parts(), parts_.team, [&](std::ptrdiff_t i, int worker) {
            const default_arithmetic on_this_thread;
            sum(*::new (parts_.sheets + worker) sheet, tiles_.part(i),
                parts_.strips + i * static_cast<std::ptrdiff_t>(most_strips));
        });
        for (std::size_t first = 0; first < tile_.width; first += width) {
            strip& total = strips_[first / width];
            total = parts_.strips[first / width];
            for (std::ptrdiff_t i = 1; i != tiles_.parts(); ++i) {
                const strip& part = parts_.strips[i * static_cast<std::ptrdiff_t>(most_strips) +
                                                  static_cast<std::ptrdiff_t>(first / width)];
                for (std::size_t lane = 0; lane != width; lane += batch::size) {
                    sum_type merged = total.load(lane);
                    merged.add(part.load(lane));
                    total.store(merged, lane);
                }
                for (std::size_t lane = 0; lane != width; ++lane) total.met[lane] |= part.met[lane];
            }
        }
    }

    /// Writes the results from the `first` of the tile on.
    void finish(const strip& s, std::size_t first, Element* results) const noexcept {
        alignas(64) std::array<double, width> re, im;
        for (std::size_t lane = 0; lane != width; lane += batch::size) {
            const sum_type sum = s.load(lane);
            const auto rest = sum.rest();
            const auto log = algebra::template finish<Arch>(sum.max, sum.phase, rest.real, rest.imag,
                                                            math::exact_count(plan_.repeats));
            log.re.store_aligned(&re[lane]);
            log.im.store_aligned(&im[lane]);
        }
        for (std::size_t i = 0; i != std::min(width, tile_.width - first); ++i) {
            const std::complex<double> log =
                s.met[i] != 0 ? algebra::template special<Arch>(s.met[i]) : std::complex<double>(re[i], im[i]);
            results[tile_.result_offset_of(first + i)] = {static_cast<value>(log.real()),
                                                          static_cast<value>(log.imag())};
        }
    }

    const plan& plan_;
    const tiling& tiles_;
    const Element* elements_;
    const parts_room parts_;
    tile tile_;
    std::array<strip, most_strips> strips_;
    sheet sheet_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
