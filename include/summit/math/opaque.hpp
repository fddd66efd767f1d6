// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// x itself, as a value whose origin the compiler cannot see: nothing computed from the result is folded with what made x.
///
/// Under `-ffast-math` a compiler may turn (x + magic) − magic into x and the error term of a two-sum into 0, because
/// xsimd's operators are plain vector arithmetic to it. The barrier sits at those steps only. It emits no instruction and,
/// not being volatile, is still moved, shared and removed. Rejected: `__builtin_assoc_barrier` (no Clang before 18 has it),
/// `#pragma float_control` (does not reach the operators inside xsimd), volatile (a trip through memory).
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> opaque(xsimd::batch<T, Arch> x) noexcept {
#if defined(__GNUC__) && (defined(__SSE2__) || defined(__aarch64__))
    // An emulated batch is an array, which no register holds.
    if constexpr (!requires { x.data.size(); }) {
#if defined(__aarch64__)
        asm("" : "+w"(x.data));
#else
        asm("" : "+v"(x.data));
#endif
    }
#endif
    return x;
}

/// The same for one number.
[[nodiscard, gnu::always_inline]] inline double opaque(double x) noexcept {
#if defined(__GNUC__) && defined(__SSE2__)
    asm("" : "+x"(x));
#elif defined(__GNUC__) && defined(__aarch64__)
    asm("" : "+w"(x));
#endif
    return x;
}

/// a + b, a − b and a · b rounded once, whatever the flags: neither regrouped with their neighbours nor fused with them.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> rounded_sum(const xsimd::batch<T, Arch>& a,
                                                                           const xsimd::batch<T, Arch>& b) noexcept {
    return opaque(a + b);
}

/// The same of three and four numbers: as few roundings as can be on the way of each.
template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
rounded_sum(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b, const xsimd::batch<T, Arch>& c) noexcept {
    return rounded_sum(rounded_sum(a, b), c);
}

template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
rounded_sum(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b, const xsimd::batch<T, Arch>& c,
            const xsimd::batch<T, Arch>& d) noexcept {
    return rounded_sum(rounded_sum(a, b), rounded_sum(c, d));
}

template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
rounded_difference(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b) noexcept {
    return opaque(a - b);
}

template <class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
rounded_product(const xsimd::batch<T, Arch>& a, const xsimd::batch<T, Arch>& b) noexcept {
    return opaque(a * b);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
