// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/cpu/terms.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The single-pass sum of one row, given piece by piece, computed in C.
template <class Pass, class Arch, class Element>
class direct_row {
    using C = typename Pass::type;
    using sum = typename Pass::template sum<Arch>;
    using compute = compute_t<Element>;

    static constexpr std::size_t parts = parts_of<C, Arch, Element>;
    static constexpr auto lanes_read = static_cast<std::ptrdiff_t>(xsimd::batch<compute, Arch>::size);
    static constexpr std::ptrdiff_t widest =
        64 / sizeof(compute); ///< elements of the widest vector of any architecture
    static constexpr std::size_t batches = stripe_batches<C, Arch>;
    static constexpr auto stripe = static_cast<std::ptrdiff_t>(stripe_bytes / sizeof(C));

    static constexpr std::ptrdiff_t most_prefetched = 4; ///< the largest stride that leaves hardly a line out

public:
    /// Nothing is added up yet.
    void start() noexcept { sums_.fill(sum{}); }

    /// Adds the terms of n elements to each of `count` rows, which begin at from + offsets[0], from + offsets[1], …, relative to
    /// 2^exponents[i] in the i-th, or to nothing where there are no exponents.
    static void add(direct_row* rows, const Element* from, const std::ptrdiff_t* offsets, std::size_t count,
                    std::ptrdiff_t n, const strided_loader<C, Arch, Element>& load, const C* exponents) noexcept {
        if constexpr (has_relative_terms<Pass, Arch>)
            if (exponents != nullptr) return add_with(rows, from, offsets, count, n, load, relative_to{exponents});
        add_with(rows, from, offsets, count, n, load, relative_to_nothing{});
    }

    /// Adds the terms of n elements `stride` apart, relative to 2^exponent.
    void add(const Element* from, std::ptrdiff_t n, std::ptrdiff_t stride, C exponent) noexcept {
        constexpr std::ptrdiff_t here = 0;
        add(this, from, &here, 1, n, strided_loader<C, Arch, Element>(stride),
            exponent > C(0) || exponent < C(0) ? &exponent : nullptr);
    }

    /// Adds the terms of n neighbours as they stand.
    void add_plain(const Element* from, std::ptrdiff_t n) noexcept {
        constexpr std::ptrdiff_t here = 0;
        add_from(this, from, &here, 1, n, dense_loader<C, Arch, Element>{}, relative_to_nothing{});
    }

    /// What was added up since the start, in every lane.
    [[nodiscard]] math::double_pair<Arch> total() const noexcept { return stripe_total(sums_); }

private:
    // The terms of the i-th row. No lambdas: each would be a type, and the loops code, of its own.
    struct relative_to_nothing {
        [[nodiscard, gnu::always_inline]] plain_terms<Pass, Arch, Element> operator()(std::size_t) const noexcept {
            return {};
        }
        [[nodiscard]] relative_to_nothing of(std::size_t) const noexcept { return {}; }
    };
    struct relative_to {
        const C* exponents;
        [[nodiscard, gnu::always_inline]] auto operator()(std::size_t i) const noexcept {
            return relative_terms<Pass, Arch, Element>(exponents[i]);
        }
        /// The exponents from the i-th row's on.
        [[nodiscard]] relative_to of(std::size_t i) const noexcept { return {exponents + i}; }
    };

    template <class TermsAt>
    static void add_with(direct_row* rows, const Element* from, const std::ptrdiff_t* offsets, std::size_t count,
                         std::ptrdiff_t n, const strided_loader<C, Arch, Element>& load,
                         const TermsAt& terms_at) noexcept {
        if constexpr (std::same_as<C, compute> || std::same_as<Element, compute>)
            if (load.stride() == 1)
                return add_from(rows, from, offsets, count, n, dense_loader<C, Arch, Element>{}, terms_at);
        if constexpr (std::same_as<C, compute>)
            add_from(rows, from, offsets, count, n, load, terms_at);
        else
            add_packed(rows, from, offsets, count, n, load.stride(), terms_at);
    }

    /// In more digits, of elements that are of another type or do not lie side by side: terms take so long that to copy the
    /// elements first hardly counts, which saves code of their own. The bits are the same.
    template <class TermsAt>
    [[gnu::noinline]] static void add_packed(direct_row* rows, const Element* from, const std::ptrdiff_t* offsets,
                                             std::size_t count, std::ptrdiff_t n, std::ptrdiff_t stride,
                                             const TermsAt& terms_at) noexcept {
        constexpr std::ptrdiff_t here = 0;
        constexpr std::ptrdiff_t most = 1024 / (4 * stripe) * (4 * stripe);
        alignas(64) std::array<compute, static_cast<std::size_t>(most)> packed;
        for (std::size_t i = 0; i != count; ++i)
            for (std::ptrdiff_t done = 0; done < n; done += most) {
                const std::ptrdiff_t some = std::min(most, n - done);
                pack<Arch>(from + offsets[i] + done * stride, stride, some, packed.data());
                add_from(rows + i, packed.data(), &here, 1, some, dense_loader<C, Arch, compute>{}, terms_at.of(i));
            }
    }

    /// First what is whole of all rows, so that it is one loop for them, with its constants at hand.
    template <class From, class Loader, class TermsAt>
    [[gnu::noinline]] static void add_from(direct_row* rows, const From* from, const std::ptrdiff_t* offsets,
                                           std::size_t count, std::ptrdiff_t n, const Loader& load,
                                           const TermsAt& terms_at) noexcept {
        const std::ptrdiff_t whole = n & -(4 * stripe);
        if (whole != 0)
            for (std::size_t i = 0; i != count; ++i) rows[i].add_whole(from + offsets[i], whole, load, terms_at(i));
        if (whole != n)
            for (std::size_t i = 0; i != count; ++i)
                rows[i].add_rest(from + offsets[i] + whole * load.stride(), n - whole, load, terms_at(i));
    }

    /// Four stripes at a time, of which n is a multiple.
    template <class From, class Loader, class Terms>
    [[gnu::always_inline]] void add_whole(const From* from, std::ptrdiff_t n, const Loader& load,
                                          const Terms& terms) noexcept {
        if constexpr (is_coarse<Pass, Element>) {
            std::array<math::plain_sum<C, Arch>, batches> sums{};
            add_to(sums, from, n, load, terms);
            for (std::size_t k = 0; k != batches; ++k) sums_[k].add(sums[k].total());
        } else {
            add_to(sums_, from, n, load, terms);
        }
    }

    template <class Sums, class From, class Loader, class Terms>
    [[gnu::always_inline]] static void add_to(Sums& sums, const From* from, std::ptrdiff_t n, const Loader& load,
                                              const Terms& terms) noexcept {
        const std::ptrdiff_t stride = load.stride();
        const bool in_two_pages = Loader::is_dense && reads_two_pages_at_once();
        for (std::ptrdiff_t i = 0; i != n; i += 4 * stripe) {
            if constexpr (Loader::is_dense && 4 * stripe >= 2 * line_elements<From>)
                prefetch_pages_ahead<4 * static_cast<std::uintptr_t>(stripe) * sizeof(From)>(from + i, in_two_pages);
            else if (stride <= most_prefetched)
                for (std::ptrdiff_t line = 0; line < 4 * stripe * stride; line += line_elements<From>)
                    prefetch_ahead(from + i * stride + line);
            for (std::size_t k = 0; k != batches / parts; ++k) {
                const From* const first = from + (i + static_cast<std::ptrdiff_t>(k) * lanes_read) * stride;
                std::array<lanes<C, Arch, Element>, 4> x;
                if constexpr (Loader::is_dense)
                    x = {load(first), load(first + stripe), load(first + 2 * stripe), load(first + 3 * stripe)};
                else // in one place, as a strided load is long
                    for (std::ptrdiff_t s = 0; s != 4; ++s)
                        x[static_cast<std::size_t>(s)] = load(first + s * stripe * stride);
                // No lambda: compilers make four calls of that.
                const auto a = terms(x[0]);
                const auto b = terms(x[1]);
                const auto c = terms(x[2]);
                const auto d = terms(x[3]);
                for (std::size_t part = 0; part != parts; ++part)
                    sums[k * parts + part].add(a[part], b[part], c[part], d[part]);
            }
        }
    }

    /// Fewer than four stripes, the last perhaps not whole: what is missing of a vector of the widest kind counts as −inf.
    template <class From, class Loader, class Terms>
    void add_rest(const From* from, std::ptrdiff_t n, const Loader& load, const Terms& terms) noexcept {
        const std::ptrdiff_t stride = load.stride();
        const dense_loader<C, Arch, compute> load_padded;
        const std::ptrdiff_t whole = n & -lanes_read;
        const std::ptrdiff_t end = (n + widest - 1) & -widest;
        // What is left of the last vector that is not whole, and a vector of nothing.
        alignas(64) std::array<compute, static_cast<std::size_t>(2 * lanes_read)> padded;
        if (whole != end) {
            padded.fill(-std::numeric_limits<compute>::infinity());
            // pack is made for whole vectors, and would copy these few twice.
            if constexpr (std::same_as<From, compute>)
                for (std::ptrdiff_t i = whole; i < n; ++i)
                    padded[static_cast<std::size_t>(i - whole)] = from[i * stride];
            else if (whole != n)
                pack<Arch>(from + whole * stride, stride, n - whole, padded.data());
        }
        const auto read = [&](std::ptrdiff_t i) __attribute__((always_inline)) {
            const compute* const instead = padded.data() + (i < n ? 0 : lanes_read);
            // One load from either place is shorter than two.
            if constexpr (Loader::is_dense && std::same_as<From, compute>)
                return load(i < whole ? from + i : instead);
            else
                return i < whole ? load(from + i * stride) : load_padded(instead);
        };
        for (std::size_t k = 0; k != batches / parts; ++k) {
            std::ptrdiff_t i = static_cast<std::ptrdiff_t>(k) * lanes_read;
            if (i >= end) break;
            std::array<typename sum::group, parts> groups{};
            for (; i < end; i += stripe) {
                const auto x = terms(read(i));
                for (std::size_t part = 0; part != parts; ++part) groups[part].add(x[part]);
            }
            for (std::size_t part = 0; part != parts; ++part) sums_[k * parts + part].add(groups[part]);
        }
    }

    std::array<sum, batches> sums_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
