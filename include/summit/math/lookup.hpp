// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

// xsimd's swizzle takes no index beyond the vector's own lanes, and on NEON none at run time, so each family of
// instructions has its own line here. The call picks the overload of the nearest base class of its architecture.

template <class Arch, class T, std::size_t Size>
[[gnu::always_inline]] inline xsimd::batch<T, Arch>
lookup_on(const simd::common&, const std::array<T, Size>& table,
          const xsimd::batch<xsimd::as_unsigned_integer_t<T>, Arch>& index) noexcept {
    constexpr std::size_t lanes = xsimd::batch<T, Arch>::size;
    std::array<xsimd::as_unsigned_integer_t<T>, lanes> from;
    std::array<T, lanes> found;
    index.store_unaligned(from.data());
    for (std::size_t i = 0; i != lanes; ++i) found[i] = table[from[i] % Size];
    return xsimd::batch<T, Arch>::load_unaligned(found.data());
}

#if XSIMD_WITH_AVX2
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::avx2&, const std::array<float, 8>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.data()), index);
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::avx2&, const std::array<float, 16>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    const __m256 lower = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.data()), index);
    const __m256 upper = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table.data() + 8), index);
    // By the sign of each lane.
    return _mm256_blendv_ps(lower, upper, _mm256_castsi256_ps(_mm256_slli_epi32(index, 28)));
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<double, Arch>
lookup_on(const xsimd::avx2&, const std::array<double, 16>& table,
          const xsimd::batch<std::uint64_t, Arch>& index) noexcept {
    const auto within = index & xsimd::batch<std::uint64_t, Arch>(table.size() - 1);
    return _mm256_i64gather_pd(table.data(), within, sizeof(double));
}
#endif

#if XSIMD_WITH_AVX512F
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::avx512f&, const std::array<float, 8>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    const __m512d half = _mm512_castps_pd(_mm512_castps256_ps512(_mm256_loadu_ps(table.data())));
    const __m512 both = _mm512_castpd_ps(_mm512_shuffle_f64x2(half, half, 0x44));
    return _mm512_permutexvar_ps(index, both);
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::avx512f&, const std::array<float, 16>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    return _mm512_permutexvar_ps(index, _mm512_loadu_ps(table.data()));
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<double, Arch>
lookup_on(const xsimd::avx512f&, const std::array<double, 16>& table,
          const xsimd::batch<std::uint64_t, Arch>& index) noexcept {
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table.data()), index, _mm512_loadu_pd(table.data() + 8));
}
#endif

#if XSIMD_WITH_NEON64
/// The numbers 4 j, 4 j + 1, 4 j + 2 and 4 j + 3 of the bytes of element j = index % Size.
template <std::size_t Size>
[[gnu::always_inline]] inline uint8x16_t bytes_of_elements(uint32x4_t index) noexcept {
    const uint32x4_t first = vmulq_n_u32(vandq_u32(index, vdupq_n_u32(Size - 1)), 0x04040404U);
    return vreinterpretq_u8_u32(vaddq_u32(first, vdupq_n_u32(0x03020100U)));
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::neon64&, const std::array<float, 8>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    uint8x16x2_t bytes;
    bytes.val[0] = vreinterpretq_u8_f32(vld1q_f32(table.data()));
    bytes.val[1] = vreinterpretq_u8_f32(vld1q_f32(table.data() + 4));
    return vreinterpretq_f32_u8(vqtbl2q_u8(bytes, bytes_of_elements<8>(index)));
}

template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
lookup_on(const xsimd::neon64&, const std::array<float, 16>& table,
          const xsimd::batch<std::uint32_t, Arch>& index) noexcept {
    uint8x16x4_t bytes;
    for (int i = 0; i != 4; ++i) bytes.val[i] = vreinterpretq_u8_f32(vld1q_f32(table.data() + std::ptrdiff_t{4} * i));
    return vreinterpretq_f32_u8(vqtbl4q_u8(bytes, bytes_of_elements<16>(index)));
}
#endif

/// table[index % Size] in each lane, of 8 or 16 floats or 16 doubles.
template <class Arch, class T, std::size_t Size>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
lookup(const std::array<T, Size>& table, const xsimd::batch<xsimd::as_unsigned_integer_t<T>, Arch>& index) noexcept {
    return lookup_on<Arch>(Arch{}, table, index);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
