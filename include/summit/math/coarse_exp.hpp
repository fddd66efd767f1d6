// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/simd/xsimd.hpp>

#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of coarse_exp, printed by tests/math/coarse_exp.sollya.
struct coarse_exponential_constants {
    static constexpr float log2e = 0x1.715476p0f;
    /// Of factor · 2^r, 0 ≤ r < 1.
    static constexpr float coefficients[] = {0x1.2fa87cp0f, 0x1.a4df16p-1f, 0x1.25436ep-2f, 0x1.f965fp-5f,
                                             0x1.0705e4p-6f};
    /// That of tabulated_exp: a sum may hold terms of both.
    static constexpr double factor = 0x1.2fa84863c05e5p0;
    /// Added to the exponent, which is then positive: to cut off its fraction is to round it down, and what is cut off is
    /// exact.
    static constexpr float shift = 96.0f;
    /// Arguments below count as this one, whose shifted exponent is 1.07.
    static constexpr float lowest = -65.8f;
};

/// factor · 2^r · scale, a power of two.
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> coarse_polynomial(const xsimd::batch<float, Arch>& r,
                                                                          float scale) noexcept {
    using batch = xsimd::batch<float, Arch>;
    constexpr const auto& c = coarse_exponential_constants::coefficients;
    const batch top = xsimd::fma(batch(c[4] * scale), r, batch(c[3] * scale));
    const batch middle = xsimd::fma(xsimd::fma(top, r, batch(c[2] * scale)), r, batch(c[1] * scale));
    return xsimd::fma(middle, r, batch(c[0] * scale));
}

/// factor · 2^(t − shift), t ≥ 1.
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> coarse_exp2_on(const simd::common&,
                                                                       const xsimd::batch<float, Arch>& t) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using bits = xsimd::batch<std::uint32_t, Arch>;
    const auto n = xsimd::batch_cast<std::int32_t>(t);
    // 2^(n − 127) has n for its exponent field; 127 − shift are left.
    const batch q = coarse_polynomial(t - xsimd::batch_cast<float>(n), 0x1p31f);
    // What no integer holds came out as the largest or the lowest of them: either way the power is infinite.
    const bits field = xsimd::min(bits(255U), xsimd::bitwise_cast<std::uint32_t>(n));
    return q * xsimd::bitwise_cast<float>(field << 23);
}

#if XSIMD_WITH_AVX512DQ
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<float, Arch> coarse_exp2_on(const xsimd::avx512dq&,
                                                                       const xsimd::batch<float, Arch>& t) noexcept {
    constexpr int round_down = 1;
    const xsimd::batch<float, Arch> r = _mm512_reduce_ps(t, round_down);
    return _mm512_scalef_ps(coarse_polynomial(r, 0x1p-96f), t);
}
#endif

/// factor · exp(x): a tabulated_exp for results of few digits. Eight instructions with AVX-512.
///
/// domain  all x: below −65.8 as at −65.8; above 87.9 at least 2^127, infinite or NaN, never a number below; NaN for NaN. With
///         FMA only: without it the polynomial would round otherwise
/// error   relative to the above, at most 153 · 2^−24 for every x in [−65.8, 87.9]: 152.1418 at 0x1.5c524ep+6; from −22 to 22
///         at most 94 · 2^−24. The same bits on every architecture
/// source  tests/math/coarse_exp.sollya. A table and a polynomial of degree two would be one instruction more, degree three
///         one less, but 2^−13.7 is so coarse that results up to 0.25 would have to be summed again
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch>
coarse_exp(const xsimd::batch<float, Arch>& x) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = coarse_exponential_constants;
    const batch within = ordered_max(batch(constants::lowest), x);
    return coarse_exp2_on<Arch>(Arch{}, opaque(xsimd::fma(within, batch(constants::log2e), batch(constants::shift))));
}

/// coarse_exp relative to 2^k, one k to a lane, as relative_tabulated_exp is.
///
/// domain  with FMA; integers k up to 2^18. x less k ln 2: as coarse_exp has x
/// error   as coarse_exp's, and 2^−26 |x| for what log₂ e is rounded by: far from 0 results have no digits for that
template <class Arch>
class relative_coarse_exp {
    using batch = xsimd::batch<float, Arch>;
    using constants = coarse_exponential_constants;

public:
    explicit relative_coarse_exp(const batch& k) noexcept
        : shift_(batch(constants::shift) - k), lowest_(xsimd::fma(k, batch(0x1.62e43p-1f), batch(constants::lowest))) {}

    [[nodiscard, gnu::always_inline]] batch operator()(const batch& x) const noexcept {
        const batch within = ordered_max(lowest_, x);
        return coarse_exp2_on<Arch>(Arch{}, opaque(xsimd::fma(within, batch(constants::log2e), shift_)));
    }

private:
    batch shift_;
    batch lowest_;
};

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
