// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/blocks.hpp>
#include <summit/cpu/cursor.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/cpu/transpose.hpp>
#include <summit/dtype.hpp>
#include <summit/op/split_sum.hpp>
#include <summit/plan.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace summit::inline version0::cpu {

/// Results that are not to be trusted, a bit for each of a tile.
using doubtful_results = std::array<std::uint64_t, max_tile_width / 64>;

/// Neighbouring results of a few terms each, two at least: from the first term to the log they stay in registers, one result
/// to a lane. Nothing in between is written anywhere, as that would take longer than the terms.
template <class Arch, class Element>
class few_terms {
    using batch = xsimd::batch<float, Arch>;
    using sum = op::split_sum<Arch>;
    using loader = strided_loader<float, Arch, Element>;

public:
    /// Results a batch holds.
    static constexpr std::size_t group = batch::size;

    /// Results `stride` apart, with terms at offsets[0], offsets[1], … from them, and nearer 0 than `least` not to be trusted.
    few_terms(std::ptrdiff_t stride, const std::ptrdiff_t* offsets, std::ptrdiff_t terms, float least) noexcept
        : load_(stride), offsets_(offsets), terms_(terms), least_(least) {}

    /// The logs of `width` ≥ group results. Adds those that are doubtful.
    void reduce(const Element* from, std::size_t width, float* logs, doubtful_results& doubtful) const noexcept {
        const auto each = [&](const auto& sum_at) __attribute__((always_inline)) {
            reduce_each(from, width, logs, doubtful, sum_at);
        };
        if (load_.stride() == 1)
            return each([this](const Element* at) __attribute__((always_inline)) {
                return one_by_one(at, dense_loader<float, Arch, Element>{});
            });
        if constexpr (transposes<Arch, Element>) {
            if (are_neighbours(offsets_, terms_)) {
                if (terms_ == 2 && load_.stride() == 2)
                    return each([this](const Element* at) __attribute__((always_inline)) { return of_rows<2>(at); });
                if (terms_ == 3 && load_.stride() == 3)
                    return each([this](const Element* at) __attribute__((always_inline)) { return of_rows<3>(at); });
                if (terms_ >= 8)
                    return each([this](const Element* at) __attribute__((always_inline)) { return of_run<8>(at); });
                if (terms_ >= 4)
                    return each([this](const Element* at) __attribute__((always_inline)) { return of_run<4>(at); });
            }
        }
        each([this](const Element* at) __attribute__((always_inline)) { return one_by_one(at, load_); });
    }

private:
    template <class Sum>
    [[gnu::always_inline]] void reduce_each(const Element* from, std::size_t width, float* logs,
                                            doubtful_results& doubtful, const Sum& sum_at) const noexcept {
        const std::ptrdiff_t stride = load_.stride();
        const typename sum::doubt doubt(least_);
        for (std::size_t k = 0; k < width; k += group) {
            // The last batch begins early enough to end with the last result. What it shares with the one before comes out
            // alike.
            const std::size_t first = std::min(k, width - group);
            const batch log = sum_at(from + static_cast<std::ptrdiff_t>(first) * stride).log();
            log.store_unaligned(logs + first);
            doubtful[k / 64] |= doubt(log) >> (k - first) << k % 64;
        }
    }

    template <class Load>
    [[nodiscard, gnu::always_inline]] sum one_by_one(const Element* at, const Load& load) const noexcept {
        sum s(load(at + offsets_[0])[0], load(at + offsets_[1])[0]);
        for (std::ptrdiff_t i = 2; i < terms_; ++i) s.add(load(at + offsets_[i])[0]);
        return s;
    }

    /// Of rows that lie side by side, of `Count` terms.
    template <std::size_t Count>
    [[nodiscard, gnu::always_inline]] sum of_rows(const Element* at) const noexcept {
        look_ahead<Count>(at);
        const auto x = columns_of_rows<Count, Arch>(at + offsets_[0]);
        sum s(x[0], x[1]);
        add<2>(s, x);
        return s;
    }

    /// Of runs of `First` terms or more: 8, or from 4 to 7.
    template <std::size_t First>
    [[nodiscard, gnu::always_inline]] sum of_run(const Element* at) const noexcept {
        const Element* const run = at + offsets_[0];
        const std::ptrdiff_t stride = load_.stride();
        look_ahead<First>(at);
        const auto x = columns<First, Arch>(run, stride);
        sum s(x[0], x[1]);
        add<2>(s, x);
        std::ptrdiff_t left = terms_ - static_cast<std::ptrdiff_t>(First);
        if constexpr (First == 8)
            for (; left >= 4; left -= 4) {
                look_ahead<4>(at + (terms_ - left) * static_cast<std::ptrdiff_t>(group));
                add<0>(s, columns<4, Arch>(run + (terms_ - left), stride));
            }
        if (left == 0) return s;
        // Of the last four, those that are left.
        look_ahead<2>(at + (terms_ - left) * static_cast<std::ptrdiff_t>(group));
        const auto last = columns<4, Arch>(run + (terms_ - 4), stride);
        if (left == 1) add<3>(s, last);
        if (left == 2) add<2>(s, last);
        if (left == 3) add<1>(s, last);
        return s;
    }

    /// All from the first.
    template <std::size_t First, std::size_t Count>
    [[gnu::always_inline]] static void add(sum& s, const std::array<batch, Count>& x) noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) { (s.add(x[First + I]), ...); }
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
    float least_;
};

/// The logs of a tile's results, all terms of which are few; where they do not lie side by side they are brought together.
/// Which results are doubtful depends on how far apart those of type Element are.
template <class Arch, class Element>
inline void reduce_few_terms(const plan& p, const tile& t, const Element* elements, block_reader<Arch, Element>& blocks,
                             float* logs, doubtful_results& doubtful) noexcept {
    using compute = compute_t<Element>;
    const float least = op::split_sum<Arch>::least_certain(p.terms, element_traits<Element>::epsilon);
    std::array<std::ptrdiff_t, static_cast<std::size_t>(short_row)> offsets;
    if (t.is_regular) {
        cursor next(p.reduced);
        for (std::ptrdiff_t i = 0; i != p.terms; ++i, next.advance(1))
            offsets[static_cast<std::size_t>(i)] = next.offset();
        few_terms<Arch, Element>(t.stride(), offsets.data(), p.terms, least)
            .reduce(elements + t.offset_of(0), t.width, logs, doubtful);
        return;
    }
    blocks.template visit_columns<compute>(t.offset.data(), t.width, {0, p.terms},
                                           [&](const column_block<compute>& block) {
                                               for (std::size_t i = 0; i != static_cast<std::size_t>(p.terms); ++i)
                                                   offsets[i] = block.rows[i] - block.rows[0];
                                               few_terms<Arch, compute>(1, offsets.data(), p.terms, least)
                                                   .reduce(block.rows[0], block.width, logs, doubtful);
                                           });
}

} // namespace summit::inline version0::cpu
