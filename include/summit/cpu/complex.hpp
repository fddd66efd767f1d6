// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/cpu/cursor.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/separate.hpp>
#include <summit/instruction_set.hpp>
#include <summit/op/complex_log_sum_exp.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// log Σ exp(z) under way, for tiles of `width` neighbouring results.
///
/// One kernel serves all layouts: it works on a sheet of `width` lanes, where a lane is one result if the vectors lie across
/// results, and every `width`-th term of the one result if they lie along its terms. Each sheet is swept for its summit,
/// then summed. A result of more than one sheet is read twice instead of merging sums with different summits: the rounding
/// of every merge would show, and sine, cosine and exp cost more than the second reading.
template <class Arch, class T>
class complex_reduction {
    using algebra = op::complex_log_sum_exp;
    using batch = xsimd::batch<double, Arch>;
    using number = std::complex<T>;

    static constexpr std::size_t width = 16; // the same on every architecture, so that the sums are
    static constexpr std::size_t batches = width / batch::size;
    static constexpr std::ptrdiff_t sheet_rows = 64;
    static constexpr std::ptrdiff_t sheet_terms = sheet_rows * static_cast<std::ptrdiff_t>(width);

    using row = std::array<double, width>;

    /// What is known of each lane.
    struct tile {
        std::ptrdiff_t count = 0;
        std::array<std::ptrdiff_t, width> offset;
        std::array<std::ptrdiff_t, width> result_offset;
        alignas(64) row max;
        alignas(64) row phase;
        alignas(64) row real_high, real_low, imag_high, imag_low;
        std::array<std::uint32_t, width> met;
    };

    using summits = std::array<typename algebra::template summit_term<Arch>, batches>;

public:
    complex_reduction(const plan& p, const number* elements, number* results) noexcept
        : plan_(p), elements_(elements), results_(results) {}

    void run() noexcept {
        cursor next(plan_.kept, plan_.origin, plan_.result_origin);
        tile t;
        for (std::ptrdiff_t left = plan_.results; left > 0; left -= t.count) {
            t.count = std::min(left, static_cast<std::ptrdiff_t>(width));
            for (std::size_t i = 0; i != static_cast<std::size_t>(t.count); ++i, next.advance(1)) {
                t.offset[i] = next.offset();
                t.result_offset[i] = next.result_offset();
            }
            if (plan_.terms == 0) {
                for (std::size_t i = 0; i != static_cast<std::size_t>(t.count); ++i)
                    results_[t.result_offset[i]] = {-std::numeric_limits<T>::infinity(), T(0)};
                continue;
            }
            if (plan_.lie == orientation::columns)
                sum_columns(t);
            else
                sum_rows(t);
            finish(t);
        }
    }

private:
    void sum_columns(tile& t) noexcept {
        met_.fill(0);
        const auto visit = [&](const auto& use) {
            cursor next(plan_.reduced);
            for (std::ptrdiff_t done = 0; done < plan_.terms; done += sheet_rows) {
                const std::ptrdiff_t rows = std::min(plan_.terms - done, sheet_rows);
                if (!kept_) load_columns(t, next, rows);
                use(done, rows);
            }
        };
        const summits found = sweep(visit, plan_.terms <= sheet_rows);
        for (std::size_t k = 0; k != batches; ++k) {
            found[k].max.store_aligned(&t.max[k * batch::size]);
            found[k].phase.store_aligned(&t.phase[k * batch::size]);
        }
        t.met = met_;
        std::array<math::double_pair<Arch>, batches> real, imag;
        sum(visit, found, real, imag);
        for (std::size_t k = 0; k != batches; ++k) {
            real[k].high.store_aligned(&t.real_high[k * batch::size]);
            real[k].low.store_aligned(&t.real_low[k * batch::size]);
            imag[k].high.store_aligned(&t.imag_high[k * batch::size]);
            imag[k].low.store_aligned(&t.imag_low[k * batch::size]);
        }
    }

    void sum_rows(tile& t) noexcept {
        for (std::size_t i = 0; i != width; ++i) {
            if (i >= static_cast<std::size_t>(t.count)) {
                t.max[i] = t.phase[i] = t.real_high[i] = t.real_low[i] = t.imag_high[i] = t.imag_low[i] = 0.0;
                continue;
            }
            met_.fill(0);
            const auto visit = [&](const auto& use) {
                cursor next(plan_.reduced);
                for (std::ptrdiff_t done = 0; done < plan_.terms; done += sheet_terms) {
                    const std::ptrdiff_t terms = std::min(plan_.terms - done, sheet_terms);
                    if (!kept_) load_row(elements_ + t.offset[i], next, terms);
                    constexpr auto lanes = static_cast<std::ptrdiff_t>(width);
                    use(done / lanes, (terms + lanes - 1) / lanes);
                }
            };
            summits found = sweep(visit, plan_.terms <= sheet_terms);
            highest_of_all(found, t.max[i], t.phase[i]);
            t.met[i] = 0;
            for (std::uint32_t one : met_) t.met[i] |= one;
            std::array<math::double_pair<Arch>, batches> real, imag;
            sum(visit, found, real, imag);
            const auto real_sum = sum_of<Arch>(real);
            const auto imag_sum = sum_of<Arch>(imag);
            t.real_high[i] = real_sum.high.get(0);
            t.real_low[i] = real_sum.low.get(0);
            t.imag_high[i] = imag_sum.high.get(0);
            t.imag_low[i] = imag_sum.low.get(0);
        }
    }

    /// The summit of each lane. What a single sheet holds is kept for the sum.
    template <class Visit>
    summits sweep(const Visit& visit, bool single) noexcept {
        kept_ = false;
        summits found;
        visit([&](std::ptrdiff_t first, std::ptrdiff_t rows) {
            for (std::ptrdiff_t r = 0; r != rows; ++r)
                for (std::size_t k = 0; k != batches; ++k)
                    found[k].see(at(real_, r, k), at(imag_, r, k), batch(static_cast<double>(first + r)));
        });
        kept_ = single;
        return found;
    }

    template <class Visit>
    void sum(const Visit& visit, const summits& found, std::array<math::double_pair<Arch>, batches>& real,
             std::array<math::double_pair<Arch>, batches>& imag) noexcept {
        using rest = typename algebra::template rest<Arch>;
        std::array<typename rest::sum_type, batches> reals{}, imags{};
        visit([&](std::ptrdiff_t first, std::ptrdiff_t rows) {
            for (std::ptrdiff_t r = 0; r != rows; ++r) {
                const batch position(static_cast<double>(first + r));
                for (std::size_t k = 0; k != batches; ++k)
                    rest(found[k].max, found[k].index)
                        .add(reals[k], imags[k], at(real_, r, k), at(imag_, r, k), position);
            }
        });
        for (std::size_t k = 0; k != batches; ++k) {
            real[k] = reals[k].total(0);
            imag[k] = imags[k].total(0);
        }
    }

    /// Of all lanes the highest becomes the summit of all; only in its own lane is it a term to leave out.
    static void highest_of_all(summits& found, double& max, double& phase) noexcept {
        alignas(64) row maxima, phases, indices;
        for (std::size_t k = 0; k != batches; ++k) {
            found[k].max.store_aligned(&maxima[k * batch::size]);
            found[k].phase.store_aligned(&phases[k * batch::size]);
            found[k].index.store_aligned(&indices[k * batch::size]);
        }
        const auto best = static_cast<std::size_t>(std::max_element(maxima.begin(), maxima.end()) - maxima.begin());
        max = maxima[best];
        phase = phases[best];
        for (std::size_t i = 0; i != width; ++i)
            if (i != best) indices[i] = -1.0;
        for (std::size_t k = 0; k != batches; ++k) {
            found[k].max = batch(max);
            found[k].index = batch::load_aligned(&indices[k * batch::size]);
        }
    }

    /// The next `terms` terms, dealt to the lanes in turn; the rest of the last row adds nothing.
    void load_row(const number* start, cursor& next, std::ptrdiff_t terms) noexcept {
        std::ptrdiff_t done = 0;
        while (done != terms) {
            const std::ptrdiff_t run = std::min(terms - done, next.run());
            separate<Arch>(start + next.offset(), next.stride(), run, real_.data() + done, imag_.data() + done);
            next.advance(run);
            done += run;
        }
        for (; done % static_cast<std::ptrdiff_t>(width) != 0; ++done) pad(static_cast<std::size_t>(done));
        neutralise(static_cast<std::size_t>(done));
    }

    /// One row for each term, one lane for each result.
    void load_columns(const tile& t, cursor& next, std::ptrdiff_t rows) noexcept {
        const auto count = static_cast<std::size_t>(t.count);
        const std::ptrdiff_t stride = plan_.kept.empty() ? 1 : plan_.kept.innermost().stride;
        for (std::size_t first = 0; first != static_cast<std::size_t>(rows) * width; first += width, next.advance(1)) {
            for (std::size_t i = 0; i != count;) {
                std::size_t end = i + 1;
                while (end != count && t.offset[end] - t.offset[end - 1] == stride) ++end;
                separate<Arch>(elements_ + next.offset() + t.offset[i], stride, static_cast<std::ptrdiff_t>(end - i),
                               &real_[first + i], &imag_[first + i]);
                i = end;
            }
            for (std::size_t i = count; i != width; ++i) pad(first + i);
        }
        neutralise(static_cast<std::size_t>(rows) * width);
    }

    void pad(std::size_t i) noexcept {
        real_[i] = -std::numeric_limits<double>::infinity();
        imag_[i] = 0.0;
    }

    /// Terms that are infinite or NaN are noted, and out of the way of the arithmetic: -ffast-math knows neither.
    void neutralise(std::size_t count) noexcept {
        for (std::size_t first = 0; first != count; first += batch::size) {
            if (!algebra::template any_special<Arch>(batch::load_aligned(&real_[first]),
                                                     batch::load_aligned(&imag_[first])))
                continue;
            for (std::size_t i = first; i != first + batch::size; ++i) {
                met_[i % width] |= algebra::template contribution<Arch>(real_[i], imag_[i]);
                if (!algebra::template is_finite<Arch>(real_[i]) || !algebra::template is_finite<Arch>(imag_[i]))
                    pad(i);
            }
        }
    }

    void finish(const tile& t) noexcept {
        alignas(64) row re, im;
        for (std::size_t lane = 0; lane != width; lane += batch::size) {
            const auto load = [lane](const row& from) { return batch::load_aligned(&from[lane]); };
            const auto value =
                algebra::template finish<Arch>(load(t.max), load(t.phase), {load(t.real_high), load(t.real_low)},
                                               {load(t.imag_high), load(t.imag_low)}, math::exact_count(plan_.repeats));
            value.re.store_aligned(&re[lane]);
            value.im.store_aligned(&im[lane]);
        }
        for (std::size_t i = 0; i != static_cast<std::size_t>(t.count); ++i) {
            const std::complex<double> value =
                t.met[i] != 0 ? algebra::template special<Arch>(t.met[i]) : std::complex<double>(re[i], im[i]);
            results_[t.result_offset[i]] = {static_cast<T>(value.real()), static_cast<T>(value.imag())};
        }
    }

    template <class Sheet>
    static batch at(const Sheet& sheet, std::ptrdiff_t r, std::size_t k) noexcept {
        return batch::load_aligned(&sheet[static_cast<std::size_t>(r) * width + k * batch::size]);
    }

    const plan& plan_;
    const number* elements_;
    number* results_;
    bool kept_ = false; ///< the sheet already holds what is to be visited
    std::array<std::uint32_t, width> met_;
    alignas(64) std::array<double, static_cast<std::size_t>(sheet_terms)> real_;
    alignas(64) std::array<double, static_cast<std::size_t>(sheet_terms)> imag_;
};

/// Reduces the complex numbers at `elements` into those at `results`, as the plan says.
template <class Arch, class T>
inline void reduce_complex(const plan& p, const std::complex<T>* elements, std::complex<T>* results) noexcept {
    complex_reduction<Arch, T>(p, elements, results).run();
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
