// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/cpu/terms.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/fixed_point_sum.hpp>
#include <summit/math/positive_sum.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The single-pass sums of neighbouring columns, given some rows at a time, computed in C. Every lane is a result of its own.
/// Rows are read as they lie in memory, all columns of a few rows before the next few; the sums meanwhile stay in the first
/// cache. Source is what the elements were before they were packed: it decides how good their terms have to be.
template <class Pass, class Arch, class Element, class Source = Element>
class direct_columns {
    using C = typename Pass::type;
    using sum =
        std::conditional_t<is_coarse<Pass, Source>, math::plain_sum<C, Arch>, typename Pass::template sum<Arch>>;
    using plain = plain_terms<Pass, Arch, Element, Source>;
    using relative = relative_terms<Pass, Arch, Element, Source>;

    static constexpr std::size_t parts = parts_of<C, Arch, Element>;

public:
    /// Columns a batch of elements holds.
    static constexpr std::size_t group = xsimd::batch<compute_t<Element>, Arch>::size;

    /// `width` ≥ group columns from now on, nothing added to them yet.
    void start(std::size_t width) noexcept {
        width_ = width;
        for (std::size_t k = 0; k * group < width; ++k) {
            sums_[k] = {};
            largest_[k].fill(xsimd::batch<C, Arch>(-std::numeric_limits<C>::infinity()));
        }
    }

    /// Adds the terms of rows that begin at from + offsets[0], from + offsets[1], …, relative to 2^exponents[i] in the i-th
    /// column, or to nothing where there are no exponents. In more digits than elements have, of neighbours only. Only where there are is the largest term found;
    /// of a column with a NaN it may be any other term or −inf.
    void add(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
             const strided_loader<C, Arch, Element>& load, const C* exponents) noexcept {
        if constexpr (has_relative_terms<Pass, Arch>) {
            if (exponents != nullptr) {
                return add_rows(
                    from, offsets, rows, load, [&](std::size_t k) __attribute__((always_inline)) {
                        lanes<C, Arch, Element> at;
#pragma GCC unroll 2
                        for (std::size_t part = 0; part != parts; ++part)
                            at[part] = xsimd::batch<C, Arch>::load_unaligned(
                                exponents + column(k) + static_cast<std::ptrdiff_t>(part * group / parts));
                        return relative(at);
                    });
            }
        }
        add_rows(from, offsets, rows, load, [](std::size_t) { return plain{}; });
    }

    /// Writes the sums, a multiple of group of them.
    void store(double* high, double* low) const noexcept {
        constexpr std::size_t lanes_each = group / parts;
        for (std::size_t k = 0; k * group < width_; ++k)
            for (std::size_t part = 0; part != parts; ++part) {
                const std::size_t at = static_cast<std::size_t>(column(k)) + part * lanes_each;
                math::store(sums_[k][part], high + at, low + at);
            }
    }

    /// Writes the largest terms, as many.
    void store_largest(double* to) const noexcept {
        constexpr std::size_t lanes_each = group / parts;
        for (std::size_t k = 0; k * group < width_; ++k)
            for (std::size_t part = 0; part != parts; ++part)
                for (std::size_t i = 0; i != lanes_each; i += xsimd::batch<double, Arch>::size)
                    widened(largest_[k][part], i)
                        .store_unaligned(to + static_cast<std::size_t>(column(k)) + part * lanes_each + i);
    }

private:
    /// The numbers of a batch from its lane `first` on, as doubles.
    [[nodiscard]] static xsimd::batch<double, Arch> widened(const xsimd::batch<C, Arch>& x,
                                                            std::size_t first) noexcept {
        if constexpr (std::same_as<C, double>)
            return x;
        else
            return math::widen(x)[first == 0 ? 0 : 1];
    }

    using row_terms = lanes<C, Arch, Element>;

    template <class TermsAt>
    void add_rows(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                  const strided_loader<C, Arch, Element>& load, const TermsAt& terms_at) noexcept {
        if constexpr (std::same_as<C, compute_t<Element>>)
            if (load.stride() != 1) return add_strided(from, offsets, rows, load, terms_at);
        add_dense(from, offsets, rows, terms_at);
    }

    /// Neighbours that lie side by side: a few rows after the other, as memory does.
    template <class TermsAt>
    [[gnu::noinline]] void add_dense(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                                     const TermsAt& terms_at) noexcept {
        const dense_loader<C, Arch, Element> load;
        std::ptrdiff_t r = 0;
        for (; r + 4 <= rows; r += 4) {
            const auto row = [&](std::ptrdiff_t i) { return from + offsets[std::min(r + i, rows - 1)]; };
            const Element *const a = row(0), *const b = row(1), *const c = row(2), *const d = row(3);
            const Element *const e = row(4), *const f = row(5), *const g = row(6), *const h = row(7);
            for (std::size_t k = 0; k * group < width_; ++k) {
                const std::ptrdiff_t at = column(k);
                __builtin_prefetch(e + at);
                __builtin_prefetch(f + at);
                __builtin_prefetch(g + at);
                __builtin_prefetch(h + at);
                const auto terms = terms_at(k);
                const row_terms xa = load(a + at), xb = load(b + at), xc = load(c + at), xd = load(d + at);
                if constexpr (tracks<TermsAt>) { note(k, larger(larger(xa, xb), larger(xc, xd))); }
                add_four(sums_[k], terms(xa), terms(xb), terms(xc), terms(xd));
            }
        }
        for (; r != rows; ++r)
            for (std::size_t k = 0; k * group < width_; ++k) {
                const row_terms x = load(from + offsets[r] + column(k));
                if constexpr (tracks<TermsAt>) note(k, x);
                add_one(sums_[k], terms_at(k)(x));
            }
    }

    /// Others, as above; but where rows begin side by side, as those of many short results do, all of a group at once.
    template <class TermsAt>
    [[gnu::noinline]] void add_strided(const Element* from, const std::ptrdiff_t* offsets, std::ptrdiff_t rows,
                                       const strided_loader<C, Arch, Element>& load, const TermsAt& terms_at) noexcept {
        const std::ptrdiff_t step = are_neighbours(offsets, rows) ? rows : 4;
        for (std::ptrdiff_t first = 0; first < rows; first += step) {
            const std::ptrdiff_t end = std::min(first + step, rows);
            for (std::size_t k = 0; k * group < width_; ++k) {
                const Element* const at = from + column(k) * load.stride();
                const auto terms = terms_at(k);
                auto sums = sums_[k];
                for (std::ptrdiff_t r = first; r < end; r += 4) {
                    // In memory, so that there is one place where a term is made and not five.
                    std::array<row_terms, 4> x;
                    const auto count = static_cast<std::size_t>(std::min<std::ptrdiff_t>(4, end - r));
                    for (std::size_t i = 0; i != count; ++i) {
                        const row_terms here = load(at + offsets[r + static_cast<std::ptrdiff_t>(i)]);
                        if constexpr (tracks<TermsAt>) note(k, here);
                        x[i] = terms(here);
                    }
                    if (count == 4)
                        add_four(sums, x[0], x[1], x[2], x[3]);
                    else
                        for (std::size_t i = 0; i != count; ++i) add_one(sums, x[i]);
                }
                sums_[k] = sums;
            }
        }
    }

    /// Whether the largest terms are wanted: where what terms are relative to was a guess.
    template <class TermsAt>
    static constexpr bool tracks = std::same_as<std::invoke_result_t<const TermsAt&, std::size_t>, relative>;

    [[nodiscard, gnu::always_inline]] static row_terms larger(row_terms a, const row_terms& b) noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) a[part] = Pass::larger(a[part], b[part]);
        return a;
    }
    [[gnu::always_inline]] void note(std::size_t k, const row_terms& x) noexcept {
        largest_[k] = larger(largest_[k], x);
    }

    /// The last batch begins early enough to end with the last column. What it shares with the one before comes out alike.
    [[nodiscard]] std::ptrdiff_t column(std::size_t k) const noexcept {
        return static_cast<std::ptrdiff_t>(std::min(k * group, width_ - group));
    }

    [[gnu::always_inline]] static void add_four(std::array<sum, parts>& sums, const row_terms& a, const row_terms& b,
                                                const row_terms& c, const row_terms& d) noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) sums[part].add(a[part], b[part], c[part], d[part]);
    }

    [[gnu::always_inline]] static void add_one(std::array<sum, parts>& sums, const row_terms& terms) noexcept {
#pragma GCC unroll 2
        for (std::size_t part = 0; part != parts; ++part) sums[part].add(terms[part]);
    }

    std::size_t width_ = 0;
    std::array<std::array<sum, parts>, max_tile_width / group> sums_;
    std::array<row_terms, max_tile_width / group> largest_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
