// SPDX-License-Identifier: MIT
#pragma once

#include <summit/cpu/pack.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/widen.hpp>
#include <summit/simd/xsimd.hpp>

#include <complex>
#include <cstddef>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// Copies `count` neighbours, all but the last few of them that make no vector, into a row of real and one of imaginary parts, in
/// double. Returns how many.
template <class Arch, class T>
[[gnu::always_inline]] inline std::ptrdiff_t separate_some(const std::complex<T>* from, std::ptrdiff_t count,
                                                           double* re, double* im) noexcept {
    using batch = xsimd::batch<std::complex<T>, Arch>;
    constexpr auto lanes = static_cast<std::ptrdiff_t>(batch::size);
    const auto store = [](const xsimd::batch<T, Arch>& x, double* to) {
        if constexpr (sizeof(T) == sizeof(double)) {
            x.store_unaligned(to);
        } else {
            const auto halves = math::widen(x);
            halves[0].store_unaligned(to);
            halves[1].store_unaligned(to + lanes / 2);
        }
    };
    std::ptrdiff_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto elements = batch::load_unaligned(from + i);
        store(elements.real(), re + i);
        store(elements.imag(), im + i);
    }
    return i;
}

/// Copies `count` elements `stride` apart into a row of real and one of imaginary parts, in double.
template <class Arch, class T>
inline void separate(const std::complex<T>* from, std::ptrdiff_t stride, std::ptrdiff_t count, double* re,
                     double* im) noexcept {
    const std::ptrdiff_t i = stride == 1 ? separate_some<Arch>(from, count, re, im) : 0;
    // A complex number is an array of two, by the language's own word.
    const T* const parts = reinterpret_cast<const T*>(from + i * stride);
    pack<Arch>(parts, 2 * stride, count - i, re + i);
    pack<Arch>(parts + 1, 2 * stride, count - i, im + i);
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
