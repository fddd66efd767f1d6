// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/fit.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/transpose.hpp>
#include <summit/cpu/transpose_pairs.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Neighbouring results of a few terms each, two at least: from the first term to the log they stay in registers, one result
/// to a lane. Nothing in between is written anywhere, as that would take longer than the terms. Sum says how
/// they are added up; Instead, how where that is relative to nothing and does not do, as for a few results of a tile.
template <class Arch, class Element, class Sum, class Instead = void>
class few_terms {
    using compute = compute_t<Element>;
    using batch = xsimd::batch<compute, Arch>;
    using sum = Sum;
    using loader = strided_loader<compute, Arch, Element>;

public:
    /// Results a batch holds.
    static constexpr std::size_t group = batch::size;

    /// Results `stride` apart, with terms at offsets[0], offsets[1], … from them.
    few_terms(std::ptrdiff_t stride, const std::ptrdiff_t* offsets, std::ptrdiff_t terms) noexcept
        : load_(stride), offsets_(offsets), terms_(terms) {}

    /// The logs of `width` ≥ group results, and how well sums relative to nothing do. Returns whether they are right: where Sum is
    /// such a one, and there is nothing instead, all have to be.
    bool take_logs(const Element* from, std::size_t width, compute* logs, fit& fits) const noexcept {
        if constexpr (!std::is_void_v<Instead>)
            if (!fits.is_good()) return take_instead(from, width, logs, fits);
        if (load_.stride() == 1) {
            if constexpr (most > 1)
                if (terms_ <= most_rows_of_two)
                    return take_logs_of<most, &few_terms::of_neighbours<most>>(from, width, logs, fits);
            return take_logs_of<1, &few_terms::of_neighbours<1>>(from, width, logs, fits);
        }
        if constexpr (transposes<Arch, Element>) {
            if (are_neighbours(offsets_, terms_)) {
                if (terms_ == 2 && load_.stride() == 2)
                    return take_logs_of<most, &few_terms::of_rows<2, most>>(from, width, logs, fits);
                if (terms_ == 3 && load_.stride() == 3)
                    return take_logs_of<most, &few_terms::of_rows<3, most>>(from, width, logs, fits);
                if (terms_ >= 8)
                    return take_logs_of<most_of_long, &few_terms::of_run<8, most_of_long>>(from, width, logs, fits);
                if (terms_ >= 4) return take_logs_of<most, &few_terms::of_run<4, most>>(from, width, logs, fits);
            }
        }
        if constexpr (std::same_as<Element, double> && transposes_pairs<Arch>)
            if (are_neighbours(offsets_, terms_))
                return take_logs_of<most, &few_terms::of_pairs<most>>(from, width, logs, fits);
        return take_logs_of<1, &few_terms::of_others>(from, width, logs, fits);
    }

private:
    // One batch of results or two at once, term by term: while one waits for its last term, the other has work.
    template <std::size_t Batches>
    using places = std::array<const Element*, Batches>;
    template <std::size_t Batches>
    using sums = std::array<sum, Batches>;

    static constexpr bool has_32_registers =
        std::derived_from<Arch, xsimd::avx512f> || std::derived_from<Arch, xsimd::neon64>;
    /// Batches at once, and where eight transposed terms and more are read: those, and relative sums, want more registers for two
    /// batches than AVX2 has.
    static constexpr std::size_t most = sum::is_relative && !has_32_registers ? 1 : 2;
    static constexpr std::size_t most_of_long = has_32_registers ? 2 : 1;

    /// Up to so many rows of terms, two batches of each are read at once; of 31 rows in memory two take half as long again.
    static constexpr std::ptrdiff_t most_rows_of_two = 16;

    /// Where SumsAt(places, maxima) is the sums of as many batches of results. Not inline: side by side the loops would keep
    /// each other's constants in registers.
    template <std::size_t Batches,
              sums<Batches> (few_terms::*SumsAt)(const places<Batches>&, const batch*) const noexcept>
    [[gnu::noinline]] bool take_logs_of(const Element* from, std::size_t width, compute* logs,
                                        fit& of_tile) const noexcept {
        const std::ptrdiff_t stride = load_.stride();
        fit fits = of_tile;
        for (std::size_t k = 0; k < width; k += Batches * group) {
            // The last batches begin early enough to end with the last result. What they share with those before comes out
            // alike.
            std::array<std::size_t, Batches> first;
            places<Batches> at;
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) {
                first[b] = std::min(k + b * group, width - group);
                at[b] = from + static_cast<std::ptrdiff_t>(first[b]) * stride;
            }
            std::array<batch, Batches> log;
            bool all_near_zero = true, all_known = true;
            if constexpr (sum::is_relative) {
                all_known = take_relative_logs<Batches, SumsAt>(at, log);
            } else {
                const sums<Batches> s = (this->*SumsAt)(at, nullptr);
#pragma GCC unroll 2
                for (std::size_t b = 0; b != Batches; ++b) all_near_zero &= s[b].fits();
#pragma GCC unroll 2
                for (std::size_t b = 0; b != Batches; ++b) log[b] = log_of(s[b], all_known);
            }
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) log[b].store_unaligned(logs + first[b]);
            bool is_misfit = !all_near_zero || !all_known;
            if constexpr (!sum::is_relative)
                if (is_misfit) is_misfit = !settle(at[0], width_of(first), logs + first[0], all_near_zero);
            fits.add(is_misfit);
            if (sum::is_relative || !is_misfit) continue;
            if constexpr (std::is_void_v<Instead>) {
                return false;
            } else {
                // Where many are misfits, the others most likely, too.
                const bool are_all = !fits.is_good();
                take_instead(at[0], are_all ? width - first[0] : width_of(first), logs + first[0], fits);
                if (are_all) break;
            }
        }
        of_tile = fits;
        return true;
    }

    template <std::size_t Batches>
    [[nodiscard, gnu::always_inline]] static std::size_t
    width_of(const std::array<std::size_t, Batches>& first) noexcept {
        return first[Batches - 1] + group - first[0];
    }

    // Not inline: the two that follow stand in many loops and are seldom called.

    /// Whether only one or two of some logs were wrong, and are right now.
    [[nodiscard, gnu::noinline]] bool settle(const Element* from, std::size_t width, compute* logs,
                                             bool all_near_zero) const noexcept {
        if constexpr (requires { sum::most; })
            return all_near_zero && cpu::settle<Arch>(few_places<Element>{from, load_.stride(), offsets_, terms_},
                                                      width, logs, sum::most);
        else
            return false;
    }

    /// The logs of neighbours relative to something.
    [[gnu::noinline]] bool take_instead(const Element* from, std::size_t width, compute* logs,
                                        fit& fits) const noexcept {
        return few_terms<Arch, Element, Instead>(load_.stride(), offsets_, terms_).take_logs(from, width, logs, fits);
    }

    [[nodiscard, gnu::always_inline]] batch log_of(const sum& s, bool& all_known) const noexcept {
        if constexpr (requires { s.log(terms_); })
            return s.log(terms_);
        else
            return s.log(all_known);
    }

    /// Where the guess at their maxima was not good they are summed twice. Returns whether sums relative to nothing would have done.
    template <std::size_t Batches,
              sums<Batches> (few_terms::*SumsAt)(const places<Batches>&, const batch*) const noexcept>
    [[nodiscard, gnu::always_inline]] bool take_relative_logs(const places<Batches>& at,
                                                              std::array<batch, Batches>& log) const noexcept {
        std::array<batch, Batches> maxima;
        const batch* known = nullptr;
        bool all_fit = true;
        do {
            const sums<Batches> s = (this->*SumsAt)(at, known);
            const bool is_again = known != nullptr;
            bool any_unknown = false;
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) {
                all_fit &= s[b].fits();
                const batch next = s[b].log(all_fit);
                // What was known the first time stays as it was, whatever its neighbours need.
                log[b] = is_again ? xsimd::select(log[b] == batch(sum::unknown), next, log[b]) : next;
                maxima[b] = s[b].maxima();
                any_unknown |= xsimd::any(log[b] == batch(sum::unknown));
            }
            known = any_unknown && !is_again ? maxima.data() : nullptr;
        } while (known != nullptr);
        return all_fit;
    }

    /// Of results that lie side by side.
    template <std::size_t Batches>
    [[nodiscard, gnu::always_inline]] sums<Batches> of_neighbours(const places<Batches>& at,
                                                                  const batch* maxima) const noexcept {
        return one_by_one(at, dense_loader<compute, Arch, Element>{}, maxima);
    }

    [[nodiscard, gnu::always_inline]] sums<1> of_others(const places<1>& at, const batch* maxima) const noexcept {
        return one_by_one(at, load_, maxima);
    }

    /// Sums of each result's first two terms, relative to a guess from up to four of its `count`, or to the maxima where these are
    /// known.
    template <std::size_t Batches, class Term>
    [[nodiscard, gnu::always_inline]] static sums<Batches> started(const Term& term, std::ptrdiff_t count,
                                                                   const batch* maxima) noexcept {
        // All of up to four terms, or the first of more.
        const auto over = [&](std::size_t b, const auto& larger) __attribute__((always_inline)) {
            batch all = larger(term(b, 1), term(b, 0));
            if (count >= 3) all = larger(term(b, 2), all);
            if (count >= 4) all = larger(term(b, 3), all);
            return all;
        };
        const auto start = [&](std::size_t b) __attribute__((always_inline)) {
            const batch guess = over(b, [](const batch& x, const batch& y) { return math::ordered_max(x, y); });
            batch extreme = Sum::magnitude(guess);
            if (count > 4) {
                const batch least = over(b, [](const batch& x, const batch& y) { return xsimd::min(x, y); });
                extreme = math::ordered_max(Sum::magnitude(least), extreme);
            }
            return sum(term(b, 0), term(b, 1), guess, extreme, maxima == nullptr ? nullptr : maxima + b);
        };
        return [&]<std::size_t... B>(std::index_sequence<B...>) __attribute__((always_inline))->sums<Batches> {
            return {start(B)...};
        }
        (std::make_index_sequence<Batches>{});
    }

    template <std::size_t Batches, class Load>
    [[nodiscard, gnu::always_inline]] sums<Batches> one_by_one(const places<Batches>& at, const Load& load,
                                                               const batch* maxima) const noexcept {
        const auto term = [&](std::size_t b, std::ptrdiff_t i) __attribute__((always_inline)) {
            return load(at[b] + offsets_[i])[0];
        };
        // Read once, as a strided load is long. Of two terms the last ones again.
        std::array<std::array<batch, 4>, Batches> head;
#pragma GCC unroll 2
        for (std::size_t b = 0; b != Batches; ++b)
            for (std::size_t k = 0; k != 4; ++k)
                head[b][k] = term(b, std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(k), terms_ - 1));
        sums<Batches> s = started<Batches>(
            [&](std::size_t b, std::ptrdiff_t i)
                __attribute__((always_inline)) { return head[b][static_cast<std::size_t>(i)]; },
            terms_, maxima);
        std::ptrdiff_t i = 2;
        for (; i + 2 <= terms_; i += 2)
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) s[b].add(term(b, i), term(b, i + 1));
        if (i != terms_)
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) s[b].add(term(b, i));
        return s;
    }

    /// Of rows that lie side by side, of `Count` terms.
    template <std::size_t Count, std::size_t Batches>
    [[nodiscard, gnu::always_inline]] sums<Batches> of_rows(const places<Batches>& at,
                                                            const batch* maxima) const noexcept {
        std::array<std::array<batch, Count>, Batches> x;
#pragma GCC unroll 2
        for (std::size_t b = 0; b != Batches; ++b) {
            look_ahead<Count>(at[b]);
            x[b] = columns_of_rows<Count, Arch>(at[b] + offsets_[0]);
        }
        return sums_of(x, terms_, maxima);
    }

    /// Of runs of `First` terms or more: 8, or from 4 to 7.
    template <std::size_t First, std::size_t Batches>
    [[nodiscard, gnu::always_inline]] sums<Batches> of_run(const places<Batches>& at,
                                                           const batch* maxima) const noexcept {
        const std::ptrdiff_t stride = load_.stride();
        const auto read = [&]<std::size_t Terms, std::size_t Ahead>(std::ptrdiff_t done, std::ptrdiff_t term)
            __attribute__((always_inline)) {
            std::array<std::array<batch, Terms>, Batches> x;
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) {
                look_ahead<Ahead>(at[b] + done * static_cast<std::ptrdiff_t>(group));
                x[b] = columns<Terms, Arch>(at[b] + offsets_[0] + term, stride);
            }
            return x;
        };
        sums<Batches> s = sums_of(read.template operator()<First, First>(0, 0), terms_, maxima);
        std::ptrdiff_t left = terms_ - static_cast<std::ptrdiff_t>(First);
        if constexpr (First == 8)
            for (; left >= 4; left -= 4) add<0>(s, read.template operator()<4, 4>(terms_ - left, terms_ - left));
        if (left == 0) return s;
        // Of the last four, those that are left.
        const auto last = read.template operator()<4, 2>(terms_ - left, terms_ - 4);
        if (left == 1) add<3>(s, last);
        if (left == 2) add<2>(s, last);
        if (left == 3) add<1>(s, last);
        return s;
    }

    /// Of terms of two and two that lie side by side.
    template <std::size_t Batches>
    [[nodiscard, gnu::always_inline]] sums<Batches> of_pairs(const places<Batches>& at,
                                                             const batch* maxima) const noexcept {
        const auto read = [&](std::ptrdiff_t term) __attribute__((always_inline)) {
            std::array<std::array<batch, 2>, Batches> x;
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) {
                prefetch_ahead(at[b] + term * static_cast<std::ptrdiff_t>(group));
                x[b] = columns_of_pairs<Arch>(at[b] + offsets_[0] + term, load_.stride());
            }
            return x;
        };
        sums<Batches> s = sums_of(read(0), std::min<std::ptrdiff_t>(terms_, 2), maxima);
        std::ptrdiff_t i = 2;
        for (; i + 2 <= terms_; i += 2) {
            const auto x = read(i);
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) s[b].add(x[b][0], x[b][1]);
        }
        if (i != terms_) add<1>(s, read(terms_ - 2));
        return s;
    }

    template <std::size_t Count, std::size_t Batches>
    [[nodiscard, gnu::always_inline]] static sums<Batches>
    sums_of(const std::array<std::array<batch, Count>, Batches>& x, std::ptrdiff_t terms,
            const batch* maxima) noexcept {
        sums<Batches> s = started<Batches>(
            [&](std::size_t b, std::ptrdiff_t i)
                __attribute__((always_inline)) { return x[b][std::min(static_cast<std::size_t>(i), Count - 1)]; },
            terms, maxima);
        add<2>(s, x);
        return s;
    }

    /// All from the first.
    template <std::size_t First, std::size_t Count, std::size_t Batches>
    [[gnu::always_inline]] static void add(sums<Batches>& s,
                                           const std::array<std::array<batch, Count>, Batches>& x) noexcept {
        const auto add_each = [&](std::size_t i) __attribute__((always_inline)) {
#pragma GCC unroll 2
            for (std::size_t b = 0; b != Batches; ++b) s[b].add(x[b][i]);
        };
        [&]<std::size_t... Lane>(std::index_sequence<Lane...>) __attribute__((always_inline)) {
            (add_each(First + Lane), ...);
        }
        (std::make_index_sequence<Count - First>{});
    }

    /// As many lines as results without gaps take up with `Terms` terms. Without a loop: its end, each time foretold wrongly,
    /// would cost more.
    template <std::size_t Terms>
    [[gnu::always_inline]] static void look_ahead(const Element* at) noexcept {
        constexpr std::size_t lines = (Terms * group * sizeof(Element) + line_bytes - 1) / line_bytes;
#pragma GCC unroll 8
        for (std::size_t i = 0; i != lines; ++i)
            prefetch_ahead(at + static_cast<std::ptrdiff_t>(i) * line_elements<Element>);
    }

    loader load_;
    const std::ptrdiff_t* offsets_;
    std::ptrdiff_t terms_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
