// SPDX-License-Identifier: MIT
#pragma once

#include <xsimd/xsimd.hpp>

#include <bit>
#include <cstdint>

namespace summit::inline version0::math {

template <int Fraction, class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
scaled_on(const xsimd::generic&, const xsimd::batch<float, Arch>& y, const xsimd::batch<float, Arch>&,
          const xsimd::batch<float, Arch>& biased) noexcept {
    using integers = xsimd::batch<std::int32_t, Arch>;
    constexpr auto infinite = std::bit_cast<std::int32_t>(static_cast<float>(3 << (22 - Fraction)) + 127 + 128);
    const integers within = xsimd::min(integers(infinite), xsimd::bitwise_cast<std::int32_t>(biased));
    return y * xsimd::bitwise_cast<float>((within << (23 - Fraction)) & integers(0x7f800000));
}

template <int Fraction, class Arch>
[[gnu::always_inline]] inline xsimd::batch<double, Arch>
scaled_on(const xsimd::generic&, const xsimd::batch<double, Arch>& y, const xsimd::batch<double, Arch>&,
          const xsimd::batch<double, Arch>& biased) noexcept {
    using bits = xsimd::batch<std::uint64_t, Arch>;
    constexpr double infinite = static_cast<double>(std::int64_t{3} << (51 - Fraction)) + 1023 + 1024;
    const auto within = xsimd::min(biased, xsimd::batch<double, Arch>(infinite));
    constexpr std::uint64_t exponent = std::uint64_t(0x7ff) << 52;
    return y * xsimd::bitwise_cast<double>((xsimd::bitwise_cast<std::uint64_t>(within) << (52 - Fraction)) &
                                           bits(exponent));
}

#if XSIMD_WITH_AVX512F
template <int Fraction, class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
scaled_on(const xsimd::avx512f&, const xsimd::batch<float, Arch>& y, const xsimd::batch<float, Arch>& n,
          const xsimd::batch<float, Arch>&) noexcept {
    return _mm512_scalef_ps(y, n);
}

template <int Fraction, class Arch>
[[gnu::always_inline]] inline xsimd::batch<double, Arch>
scaled_on(const xsimd::avx512f&, const xsimd::batch<double, Arch>& y, const xsimd::batch<double, Arch>& n,
          const xsimd::batch<double, Arch>&) noexcept {
    return _mm512_scalef_pd(y, n);
}
#endif

/// y · 2^floor(n) for an exponential that found its power of two by adding a number: n, a multiple of 2^−Fraction, is
/// `biased` less that number, 1.5 · 2^(digits − Fraction) and the exponent's bias. Infinite where the power is.
template <int Fraction, class T, class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<T, Arch>
scaled(const xsimd::batch<T, Arch>& y, const xsimd::batch<T, Arch>& n, const xsimd::batch<T, Arch>& biased) noexcept {
    return scaled_on<Fraction, Arch>(Arch{}, y, n, biased);
}

} // namespace summit::inline version0::math
