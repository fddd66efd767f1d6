// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// How well sums relative to nothing do for some results, a group of them at a time.
class fit {
public:
    /// Whether they do for most: then the others may be summed relative to something one group after the other.
    [[nodiscard, gnu::always_inline]] bool is_good() const noexcept { return 4 * misfits_ <= groups_; }
    [[gnu::always_inline]] void add(bool is_misfit) noexcept {
        ++groups_;
        misfits_ += is_misfit ? 1 : 0;
    }

private:
    std::size_t groups_ = 0;
    std::size_t misfits_ = 0;
};

/// Where the terms of neighbouring results lie.
template <class Element>
struct few_places {
    const Element* from;
    std::ptrdiff_t stride; ///< from one result to the next
    const std::ptrdiff_t* offsets;
    std::ptrdiff_t terms;
};

/// Makes the log of a result whose sum, relative to nothing, is not to be trusted −inf where it has no other term, and NaN where
/// it has one beside terms below `most`. Says whether it has. By the bits, as -ffast-math assumes that there is neither.
template <class Element>
[[nodiscard]] inline bool settle_one(const few_places<Element>& of, std::size_t result, compute_t<Element>& log,
                                     compute_t<Element> most) noexcept {
    using compute = compute_t<Element>;
    using limits = std::numeric_limits<compute>;
    using number = xsimd::as_unsigned_integer_t<compute>;
    constexpr number magnitudes = std::numeric_limits<number>::max() >> 1;
    bool has_nan = false, is_empty = true, is_below = true;
    for (std::ptrdiff_t i = 0; i != of.terms; ++i) {
        const Element* const at = of.from + static_cast<std::ptrdiff_t>(result) * of.stride + of.offsets[i];
        const auto x = std::bit_cast<number>(static_cast<compute>(*at));
        const bool is_nan = (x & magnitudes) > std::bit_cast<number>(limits::infinity());
        has_nan |= is_nan;
        is_empty &= x == std::bit_cast<number>(-limits::infinity());
        is_below &= is_nan || x < std::bit_cast<number>(most) || x > magnitudes;
    }
    if (is_empty) log = -limits::infinity();
    if (has_nan) log = limits::quiet_NaN();
    return is_empty || (has_nan && is_below);
}

/// Looks at `width` logs of sums relative to nothing, of results near 0 as far as their first terms tell. Where one or two are NaN
/// or of magnitude `most` or more, their sums were lost, and they are made the special values that their terms ask for. Says
/// whether all logs are right then.
template <class Arch, class Element>
[[nodiscard]] inline bool settle(const few_places<Element>& of, std::size_t width, compute_t<Element>* logs,
                                 compute_t<Element> most) noexcept {
    using batch = xsimd::batch<compute_t<Element>, Arch>;
    using number = xsimd::as_unsigned_integer_t<compute_t<Element>>;
    constexpr number magnitudes = std::numeric_limits<number>::max() >> 1;
    int left = 2;
    for (std::size_t k = 0; k < width; k += batch::size) {
        const std::size_t first = std::min(k, width - batch::size);
        const auto bits = xsimd::bitwise_cast<number>(batch::load_unaligned(logs + first));
        using numbers = xsimd::batch<number, Arch>;
        auto lost = ((bits & numbers(magnitudes)) >= numbers(std::bit_cast<number>(most))).mask();
        for (; lost != 0; lost &= lost - 1) {
            const std::size_t i = first + static_cast<std::size_t>(std::countr_zero(lost));
            if (left-- == 0) return false;
            if (!settle_one(of, i, logs[i], most)) return false;
        }
    }
    return true;
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
