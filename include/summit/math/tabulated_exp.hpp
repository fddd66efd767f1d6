// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>

#include <xsimd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace summit::inline version0::math {

/// Constants of tabulated_exp, printed by tests/math/tabulated_exp.sollya.
struct tabulated_exponential_constants {
    static constexpr float log2e = 0x1.715476p0f;
    /// ln 2 (1 + stretch), with no low part to mend it: that would be one instruction of eleven.
    static constexpr float ln2 = 0x1.62e43p-1f;
    static constexpr double stretch = 0x1.79a8dc2f503a2p-29;
    /// factor · 2^(j/8), where the factor makes all eight round well.
    static constexpr std::array<float, 8> table = {0x1.2fa848p0f, 0x1.4b2404p0f, 0x1.691c8ap0f, 0x1.89cb7cp0f,
                                                   0x1.ad6fb4p0f, 0x1.d44dbcp0f, 0x1.feb052p0f, 0x1.16747cp1f};
    static constexpr double factor = 0x1.2fa84863c05e5p0;
    /// Of r² and r³, after 1 + r.
    static constexpr float coefficients[] = {0x1.000a5ep-1f, 0x1.555f5cp-3f};
    /// Arguments below count as this one.
    static constexpr float lowest = -87.0f;
};

/// y · 2^floor(n), n a multiple of 1/8, where `biased` = n + 1.5 · 2^20 + 127; infinite from 2^128 on.
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
scaled_on(const xsimd::generic&, const xsimd::batch<float, Arch>& y, const xsimd::batch<float, Arch>&,
          const xsimd::batch<float, Arch>& biased) noexcept {
    using integers = xsimd::batch<std::int32_t, Arch>;
    constexpr auto infinite = std::bit_cast<std::int32_t>(0x1.8p20f + 127 + 128);
    const integers within = xsimd::min(integers(infinite), xsimd::bitwise_cast<std::int32_t>(biased));
    return y * xsimd::bitwise_cast<float>((within << 20) & integers(0x7f800000));
}

#if XSIMD_WITH_AVX512F
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch>
scaled_on(const xsimd::avx512f&, const xsimd::batch<float, Arch>& y, const xsimd::batch<float, Arch>& n,
          const xsimd::batch<float, Arch>&) noexcept {
    return _mm512_scalef_ps(y, n);
}
#endif

/// factor · exp(x / (1 + stretch)): the exponential for sums that need no maximum first. Ten instructions with AVX-512.
///
/// domain  all x: below −87 as at −87; above 87.9 at least 2^127, infinite or NaN, never a number below; NaN for NaN. With
///         FMA only: without it the reduction of the argument would round
/// error   relative to the above, at most 1.35 · 2^−24 for every x in [−87, 87.9]: 1.3414 at −0x1.e1ef46p-4. The same bits on
///         every architecture
/// source  tests/math/tabulated_exp.sollya; P.-T. P. Tang, ACM TOMS 15 (1989), for the table
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch>
tabulated_exp(const xsimd::batch<float, Arch>& x) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = tabulated_exponential_constants;
    // Adding it rounds to a multiple of 1/8, whose index in the table and biased exponent are then the lowest bits.
    constexpr float to_eighths = 0x1.8p20f + 127;

    const batch within = ordered_max(batch(constants::lowest), x);
    const batch biased = opaque(xsimd::fma(within, batch(constants::log2e), batch(to_eighths)));
    const batch n = biased - batch(to_eighths);
    const batch r = xsimd::fma(n, batch(-constants::ln2), within);
    const batch power = lookup<Arch>(constants::table, xsimd::bitwise_cast<std::uint32_t>(biased));
    const batch q =
        xsimd::fma(xsimd::fma(batch(constants::coefficients[1]), r, batch(constants::coefficients[0])), r, batch(1.0f));
    return scaled_on<Arch>(Arch{}, xsimd::fma(power * r, q, power), n, biased);
}

} // namespace summit::inline version0::math
