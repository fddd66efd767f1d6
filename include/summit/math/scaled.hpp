// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/lookup.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Adding it rounds to a multiple of 1/Size and leaves, in the lowest bits, that multiple's number plus the exponent's bias.
template <class T, std::size_t Size>
inline constexpr T to_biased = [] {
    T power = T(1.5);
    for (std::uint64_t ulps = Size; ulps >> (std::numeric_limits<T>::digits - 1) == 0; ulps *= 2) power *= 2;
    return power + (std::numeric_limits<T>::max_exponent - 1);
}();

/// The entries' bits, less what `biased`, moved to where a number's exponent is, has there too much: the bias, and below the
/// exponent the number of the entry itself.
template <class T, std::size_t Size>
[[nodiscard]] constexpr std::array<T, Size> without_bias(const std::array<T, Size>& table) noexcept {
    using bits = xsimd::as_unsigned_integer_t<T>;
    std::array<T, Size> result;
    for (std::size_t j = 0; j != Size; ++j)
        result[j] = std::bit_cast<T>(std::bit_cast<bits>(table[j]) -
                                     std::bit_cast<bits>(T(1) + static_cast<T>(j) / static_cast<T>(Size)));
    return result;
}

template <const auto& Table, class T, class Arch>
[[gnu::always_inline]] inline xsimd::batch<T, Arch> scaled_on(const simd::common&, const xsimd::batch<T, Arch>&,
                                                              const xsimd::batch<T, Arch>& biased) noexcept {
    using bits_type = xsimd::as_unsigned_integer_t<T>;
    // AVX2 has a minimum of doubles, not of integers as long.
    using comparable = std::conditional_t<std::same_as<T, float>, std::int32_t, T>;
    constexpr std::size_t size = Table.size();
    static constexpr std::array<T, size> table = without_bias(Table);
    const xsimd::batch<T, Arch> entry = lookup<Arch>(table, xsimd::bitwise_cast<bits_type>(biased));
    // Half of the way through what would be the next power: any entry makes NaN of it, and none reaches the sign.
    constexpr T last = to_biased<T, size> + static_cast<T>(std::numeric_limits<T>::max_exponent) + T(0.5);
    const xsimd::batch<comparable, Arch> within = xsimd::min(
        xsimd::batch<comparable, Arch>(std::bit_cast<comparable>(last)), xsimd::bitwise_cast<comparable>(biased));
    constexpr int places = std::numeric_limits<T>::digits - std::bit_width(size);
    return xsimd::bitwise_cast<T>(xsimd::bitwise_cast<bits_type>(entry) +
                                  (xsimd::bitwise_cast<bits_type>(within) << places));
}

#if XSIMD_WITH_AVX512F
template <const auto& Table, class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
scaled_on(const xsimd::avx512f&, const xsimd::batch<float, Arch>& n, const xsimd::batch<float, Arch>& biased) noexcept {
    return _mm512_scalef_ps(lookup<Arch>(Table, xsimd::bitwise_cast<std::uint32_t>(biased)), n);
}

template <const auto& Table, class Arch>
[[gnu::always_inline]] inline xsimd::batch<double, Arch> scaled_on(const xsimd::avx512f&,
                                                                   const xsimd::batch<double, Arch>& n,
                                                                   const xsimd::batch<double, Arch>& biased) noexcept {
    return _mm512_scalef_pd(lookup<Arch>(Table, xsimd::bitwise_cast<std::uint64_t>(biased)), n);
}
#endif

/// Table[j] · 2^floor(n) in each lane, where n = floor(n) + j / Table.size() is `biased` less to_biased<>: an exponential's
/// power of two, that of its fraction looked up. For tables whose entries lie around 2^(j / Table.size()), up to a quarter above.
///
/// domain  n from that of the smallest normal number on; where no number holds the result, infinity or NaN
template <const auto& Table, class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch> scaled(const xsimd::batch<T, Arch>& n,
                                                                      const xsimd::batch<T, Arch>& biased) noexcept {
    return scaled_on<Table>(Arch{}, n, biased);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
