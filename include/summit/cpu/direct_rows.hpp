// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lanes.hpp>
#include <summit/cpu/pack.hpp>
#include <summit/cpu/rows.hpp>
#include <summit/op/direct_sum.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace summit::inline version0::cpu {

/// The direct sum of one row, given piece by piece, computed in C.
template <class C, class Arch, class Element>
class direct_row {
    using direct = op::direct_sum<C>;
    using sum = typename direct::template sum<Arch>;
    using compute = compute_t<Element>;

    static constexpr std::size_t parts = parts_of<C, Arch, Element>;
    static constexpr std::size_t lanes_read = xsimd::batch<compute, Arch>::size;
    static constexpr std::size_t batches = stripe_batches<C, Arch>;
    static constexpr auto stripe = static_cast<std::ptrdiff_t>(stripe_bytes / sizeof(C));

    /// Where memory is the limit, the processor's own look-ahead ends with the page; asking this far ahead does not.
    static constexpr std::ptrdiff_t look_ahead_bytes = 12288;

public:
    /// Nothing is added up yet.
    void start() noexcept { sums_.fill(sum{}); }

    /// Adds the terms of n elements.
    void add(const Element* from, std::ptrdiff_t n, const strided_loader<C, Arch, Element>& load) noexcept {
        if (load.stride() == 1)
            add_from(from, n, dense_loader<C, Arch, Element>{});
        else
            add_from(from, n, load);
    }

    /// What was added up since the start, in lane 0.
    [[nodiscard]] math::double_pair<Arch> total() const noexcept { return stripe_total(sums_); }

private:
    template <class Loader>
    void add_from(const Element* from, std::ptrdiff_t n, const Loader& load) noexcept {
        if constexpr (is_coarse<C, Element>) {
            std::array<math::plain_sum<C, Arch>, batches> sums{};
            add_to(sums, from, n, load);
            for (std::size_t k = 0; k != batches; ++k) sums_[k].add(sums[k].total());
        } else {
            std::array<sum, batches> sums = sums_;
            add_to(sums, from, n, load);
            sums_ = sums;
        }
    }

    template <class Sums, class Loader>
    [[gnu::always_inline]] static void add_to(Sums& sums, const Element* from, std::ptrdiff_t n,
                                              const Loader& load) noexcept {
        const std::ptrdiff_t stride = load.stride();
        std::ptrdiff_t i = 0;
        for (; i + 4 * stripe <= n; i += 4 * stripe) {
            if constexpr (Loader::is_dense) prefetch(from + i);
            for (std::size_t k = 0; k != batches / parts; ++k) {
                const Element* const first = from + (i + static_cast<std::ptrdiff_t>(k * lanes_read)) * stride;
                // No lambda: compilers make four calls of that.
                const auto a = direct_terms<C, Arch, Element>(load(first));
                const auto b = direct_terms<C, Arch, Element>(load(first + stripe * stride));
                const auto c = direct_terms<C, Arch, Element>(load(first + 2 * stripe * stride));
                const auto d = direct_terms<C, Arch, Element>(load(first + 3 * stripe * stride));
                for (std::size_t part = 0; part != parts; ++part)
                    sums[k * parts + part].add(a[part], b[part], c[part], d[part]);
            }
        }
        if (i != n) add_rest(sums, from + i * stride, n - i, load);
    }

    /// Fewer than four stripes, the last perhaps not whole.
    template <class Sums, class Loader>
    static void add_rest(Sums& sums, const Element* from, std::ptrdiff_t n, const Loader& load) noexcept {
        const std::ptrdiff_t stride = load.stride();
        alignas(64) std::array<compute, static_cast<std::size_t>(stripe)> padded;
        const std::ptrdiff_t whole = n / stripe * stripe;
        if (whole != n) {
            padded.fill(-std::numeric_limits<compute>::infinity());
            pack<Arch>(from + whole * stride, stride, n - whole, padded.data());
        }
        std::array<typename sum::group, batches> groups{};
        for (std::ptrdiff_t done = 0; done < n; done += stripe) {
            for (std::size_t k = 0; k != batches / parts; ++k) {
                const auto at = static_cast<std::ptrdiff_t>(k * lanes_read);
                const auto terms =
                    direct_terms<C, Arch, Element>(done < whole ? load(from + (done + at) * stride)
                                                                : dense_loader<C, Arch, compute>{}(padded.data() + at));
                for (std::size_t part = 0; part != parts; ++part) groups[k * parts + part].add(terms[part]);
            }
        }
        for (std::size_t k = 0; k != batches; ++k) sums[k].add(groups[k].total());
    }

    [[gnu::always_inline]] static void prefetch(const Element* from) noexcept {
        // Past the end of the row lies the next one, or nothing that a prefetch would mind; the address is no pointer until then.
        const auto address = reinterpret_cast<std::uintptr_t>(from) + static_cast<std::uintptr_t>(look_ahead_bytes);
        constexpr std::size_t bytes = 4 * static_cast<std::size_t>(stripe) * sizeof(Element);
        for (std::size_t line = 0; line < bytes; line += 64)
            __builtin_prefetch(reinterpret_cast<const void*>(address + line)); // NOLINT(performance-no-int-to-ptr)
    }

    std::array<sum, batches> sums_;
};

} // namespace summit::inline version0::cpu
