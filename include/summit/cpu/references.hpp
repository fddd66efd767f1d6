// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/lane_values.hpp>
#include <summit/cpu/lanes.hpp>
#include <summit/cpu/load.hpp>
#include <summit/cpu/term_sample.hpp>
#include <summit/cpu/tiles.hpp>
#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/plan.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The powers of two, 2^exponent, that the terms of a tile's results are summed relative to.
template <class C>
struct lane_references {
    bool any = false; ///< whether some are not 0; if not, none need be written
    alignas(64) std::array<C, max_tile_width + 64> exponent;
};

/// Whether sums computed in C can be relative to something. Without FMA the argument's reduction in float is exact near 0 only.
template <class C, class Arch>
inline constexpr bool has_references = sizeof(C) == sizeof(double) || math::fuses_multiply_add<Arch>;

/// Calls use(x) for the terms sampled of one row, vector by vector; what a piece lacks of one is filled up with its first term.
template <class Arch, class Element, class Use>
[[gnu::always_inline]] inline void visit_sample(const Element* row, const term_sample& sample,
                                                const Use& use) noexcept {
    using compute = compute_t<Element>;
    constexpr auto lanes = static_cast<std::ptrdiff_t>(xsimd::batch<compute, Arch>::size);
    for (const auto& piece : sample) {
        const Element* from = row + piece.offset;
        std::array<Element, static_cast<std::size_t>(term_sample::piece_terms)> copied;
        if (sample.stride() != 1 || piece.count != term_sample::piece_terms) {
            // No algorithm of the standard library's, which files built for different instruction sets would share.
            for (std::ptrdiff_t i = 0; i != term_sample::piece_terms; ++i)
                copied[static_cast<std::size_t>(i)] = from[i < piece.count ? i * sample.stride() : 0];
            from = copied.data();
        }
#pragma GCC unroll 8
        for (std::ptrdiff_t i = 0; i != term_sample::piece_terms; i += lanes) use(load<Arch>(from + i));
    }
}

/// The largest of the terms sampled of one row; 0 where all of them are near 0, for most are.
template <class Op, class C, class Arch, class Element>
[[nodiscard, gnu::always_inline]] inline C sampled_maximum(const Element* row, const term_sample& sample) noexcept {
    using compute = compute_t<Element>;
    using batch = xsimd::batch<compute, Arch>;
    batch extreme(compute(0));
    visit_sample<Arch>(row, sample, [&](const batch& x) { extreme = Op::larger(extreme, xsimd::abs(x)); });
    constexpr auto near_zero = static_cast<compute>(Op::template single_pass<C>::reference.near_zero);
    if (xsimd::all(extreme <= batch(near_zero))) return C(0);
    batch max(-std::numeric_limits<compute>::infinity());
    visit_sample<Arch>(row, sample, [&](const batch& x) { max = Op::larger(max, x); });
    return static_cast<C>(xsimd::reduce_max(max));
}

/// The exponent of one row.
template <class Op, class C, class Arch, class Element>
[[nodiscard, gnu::always_inline]] inline C row_exponent(const Element* row, const term_sample& sample) noexcept {
    if constexpr (!has_references<C, Arch>) return C(0);
    const C max = sampled_maximum<Op, C, Arch>(row, sample);
    return Op::template reference_exponent<C>(xsimd::batch<C, Arch>(max)).get(0);
}

/// The largest of the terms sampled of the columns from `from` on, a batch of them.
template <class Op, class C, class Arch, class Element>
[[nodiscard, gnu::always_inline]] inline lanes<C, Arch, Element>
sampled_maxima(const Element* from, const term_sample& sample, const strided_loader<C, Arch, Element>& load) noexcept {
    const auto read = [&](const Element* at) __attribute__((always_inline)) {
        return load.stride() == 1 ? dense_loader<C, Arch, Element>{}(at) : load(at);
    };
    lanes<C, Arch, Element> max;
    max.fill(xsimd::batch<C, Arch>(-std::numeric_limits<C>::infinity()));
    for (const auto& piece : sample) {
        const auto x = read(from + piece.offset);
#pragma GCC unroll 2
        for (std::size_t part = 0; part != x.size(); ++part) max[part] = Op::larger(max[part], x[part]);
    }
    return max;
}

/// The exponents of neighbouring columns, `width` of them, a batch or more. Says whether any is not 0, or may be of nothing but
/// −inf: of such the maximum is wanted, too. If not, none is written.
template <class Op, class C, class Arch, class Element>
[[nodiscard]] inline bool set_column_exponents(const Element* from, std::size_t width, const term_sample& sample,
                                               const strided_loader<C, Arch, Element>& load, C* exponents) noexcept {
    constexpr std::size_t group = xsimd::batch<compute_t<Element>, Arch>::size;
    using batch = xsimd::batch<C, Arch>;
    const auto maxima = [&](std::size_t first) __attribute__((always_inline)) {
        return sampled_maxima<Op, C, Arch>(from + static_cast<std::ptrdiff_t>(first) * load.stride(), sample, load);
    };
    batch extreme(C(0));
    for (std::size_t k = 0; k < width; k += group)
        for (const batch& max : maxima(std::min(k, width - group))) extreme = Op::larger(extreme, xsimd::abs(max));
    if (xsimd::all(extreme <= batch(Op::template single_pass<C>::reference.near_zero))) return false;
    for (std::size_t k = 0; k < width; k += group) {
        const std::size_t first = std::min(k, width - group);
        C* to = exponents + first;
        for (const batch& max : maxima(first)) {
            Op::template reference_exponent<C>(max).store_unaligned(to);
            to += batch::size;
        }
    }
    return true;
}

/// Chooses those of some lanes of a tile from terms sampled of each.
template <class Op, class C, class Arch, class Element>
[[gnu::noinline]] inline void sample_references(const plan& p, const Element* elements, const tile& t,
                                                const lane_range& lanes, const term_sample& sample,
                                                lane_references<C>& references) noexcept {
    references.any = false;
    if constexpr (!has_references<C, Arch>) return;
    if (p.lie == orientation::columns && t.is_regular) {
        references.any = set_column_exponents<Op, C, Arch>(
            elements + t.offset_of(lanes.first), lanes.last - lanes.first, sample,
            strided_loader<C, Arch, Element>(t.stride()), &references.exponent[lanes.first]);
        return;
    }
    for (std::size_t i = lanes.first; i != lanes.last; ++i) {
        references.exponent[i] = row_exponent<Op, C, Arch>(elements + t.offset_of(i), sample);
        references.any |= references.exponent[i] > C(0) || references.exponent[i] < C(0);
    }
    // Lanes without a result, to the end of the last vector.
    std::fill_n(&references.exponent[lanes.last], 64 / sizeof(compute_t<Element>), C(0));
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
