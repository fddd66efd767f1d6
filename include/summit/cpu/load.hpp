// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

// Narrow numbers as floats, one batch of float at a time. xsimd has no such conversion, so each family of instructions
// has its own line; the call picks the overload of the nearest base class of its architecture.

/// One by one, for architectures without a line of their own.
template <class Arch, class Narrow>
inline xsimd::batch<std::uint32_t, Arch> load_bits_singly(const void* from) noexcept {
    constexpr std::size_t lanes = xsimd::batch<std::uint32_t, Arch>::size;
    std::array<Narrow, lanes> narrow;
    std::array<std::uint32_t, lanes> wide;
    std::memcpy(narrow.data(), from, sizeof narrow);
    for (std::size_t i = 0; i != lanes; ++i) wide[i] = narrow[i];
    return xsimd::batch<std::uint32_t, Arch>::load_unaligned(wide.data());
}

/// The 16 bits of each number, in lanes of 32.
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_16_bits_on(const simd::common&, const void* from) noexcept {
    return load_bits_singly<Arch, std::uint16_t>(from);
}

#if XSIMD_WITH_SSE2
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_16_bits_on(const xsimd::sse2&, const void* from) noexcept {
    return _mm_unpacklo_epi16(_mm_loadl_epi64(static_cast<const __m128i*>(from)), _mm_setzero_si128());
}
#endif

#if XSIMD_WITH_AVX2
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_16_bits_on(const xsimd::avx2&, const void* from) noexcept {
    return _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(from)));
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_16_bits_on(const xsimd::avx512f&, const void* from) noexcept {
    return _mm512_cvtepu16_epi32(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_16_bits_on(const xsimd::neon64&, const void* from) noexcept {
    return vmovl_u16(vld1_u16(static_cast<const std::uint16_t*>(from)));
}
#endif

/// The 8 bits of each number, in lanes of 32.
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_8_bits_on(const simd::common&, const void* from) noexcept {
    return load_bits_singly<Arch, std::uint8_t>(from);
}

#if XSIMD_WITH_SSE2
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_8_bits_on(const xsimd::sse2&, const void* from) noexcept {
    int four = 0;
    std::memcpy(&four, from, sizeof four);
    const __m128i zero = _mm_setzero_si128();
    return _mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), zero), zero);
}
#endif

#if XSIMD_WITH_AVX2
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_8_bits_on(const xsimd::avx2&, const void* from) noexcept {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from)));
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_8_bits_on(const xsimd::avx512f&, const void* from) noexcept {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(static_cast<const __m128i*>(from)));
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
inline xsimd::batch<std::uint32_t, Arch> load_8_bits_on(const xsimd::neon64&, const void* from) noexcept {
    std::uint32_t four = 0;
    std::memcpy(&four, from, sizeof four);
    return vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four))));
}
#endif

template <class Arch>
inline xsimd::batch<float, Arch> load_float16_on(const simd::common&, const void* from) noexcept {
    using bits = xsimd::batch<std::uint32_t, Arch>;
    const bits half = load_16_bits_on<Arch>(Arch{}, from);
    const bits sign = (half & bits(0x8000U)) << 16;
    const bits magnitude = (half & bits(0x7fffU)) << 13;
    // A subnormal, read with the smallest normal exponent, is too large by exactly that power of two. Not multiplied
    // instead: as floats these bits are subnormal, and may be flushed to 0.
    const auto subnormal =
        math::opaque(xsimd::bitwise_cast<float>(magnitude + bits(113U << 23))) - xsimd::batch<float, Arch>(0x1p-14F);
    const bits special = xsimd::select(magnitude >= bits(0x7c00U << 13), bits(112U << 23), bits(0));
    const bits normal = magnitude + bits(112U << 23) + special;
    const bits value =
        xsimd::select(magnitude < bits(0x0400U << 13), xsimd::bitwise_cast<std::uint32_t>(subnormal), normal);
    return xsimd::bitwise_cast<float>(value | sign);
}

#if XSIMD_WITH_AVX2 && defined(__F16C__)
template <class Arch>
inline xsimd::batch<float, Arch> load_float16_on(const xsimd::avx2&, const void* from) noexcept {
    return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(from)));
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
inline xsimd::batch<float, Arch> load_float16_on(const xsimd::avx512f&, const void* from) noexcept {
    return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
}
#endif

#if XSIMD_WITH_NEON64
template <class Arch>
inline xsimd::batch<float, Arch> load_float16_on(const xsimd::neon64&, const void* from) noexcept {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(static_cast<const std::uint16_t*>(from))));
}
#endif

template <class Arch>
inline xsimd::batch<float, Arch> load_bfloat16_on(const simd::common&, const void* from) noexcept {
    return xsimd::bitwise_cast<float>(load_16_bits_on<Arch>(Arch{}, from) << 16);
}

#if XSIMD_WITH_AVX512BW
template <class Arch>
inline xsimd::batch<float, Arch> load_bfloat16_on(const xsimd::avx512bw&, const void* from) noexcept {
    // To the upper half of each lane at once: one instruction where to the lower half and then up are two.
    const __m512i upper_halves = _mm512_set_epi16(15, 0, 14, 0, 13, 0, 12, 0, 11, 0, 10, 0, 9, 0, 8, 0, 7, 0, 6, 0, 5,
                                                  0, 4, 0, 3, 0, 2, 0, 1, 0, 0, 0);
    const __m512i bits = _mm512_castsi256_si512(_mm256_loadu_si256(static_cast<const __m256i*>(from)));
    return _mm512_castsi512_ps(_mm512_maskz_permutexvar_epi16(0xaaaaaaaaU, upper_halves, bits));
}
#endif

/// One batch of neighbouring elements, in the type they are computed in.
template <class Arch, class T>
[[nodiscard]] inline xsimd::batch<compute_t<T>, Arch> load(const T* from) noexcept {
    using batch = xsimd::batch<compute_t<T>, Arch>;
    if constexpr (std::same_as<T, compute_t<T>>) {
        return batch::load_unaligned(from);
    } else if constexpr (float16_like<T>) {
        return load_float16_on<Arch>(Arch{}, from);
    } else if constexpr (bfloat16_like<T>) {
        return load_bfloat16_on<Arch>(Arch{}, from);
    } else if constexpr (sizeof(T) <= 2) {
        xsimd::batch<std::uint32_t, Arch> bits;
        if constexpr (sizeof(T) == 1)
            bits = load_8_bits_on<Arch>(Arch{}, from);
        else
            bits = load_16_bits_on<Arch>(Arch{}, from);
        auto integers = xsimd::bitwise_cast<std::int32_t>(bits);
        constexpr int to_sign = 32 - 8 * static_cast<int>(sizeof(T));
        if constexpr (std::signed_integral<T>) integers = (integers << to_sign) >> to_sign;
        return xsimd::batch_cast<float>(integers);
    } else {
        // A fixed number of lanes and no aliases: compilers make this the vector conversion that the integer has.
        std::array<T, batch::size> elements;
        std::array<float, batch::size> floats;
        std::memcpy(elements.data(), from, sizeof elements);
        for (std::size_t i = 0; i != batch::size; ++i) floats[i] = static_cast<float>(elements[i]);
        return batch::load_unaligned(floats.data());
    }
}

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
