// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/fuses_multiply_add.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/scaled.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of tabulated_exp, printed by tests/math/tabulated_exp.sollya.
struct tabulated_exponential_constants {
    static constexpr float log2e = 0x1.715476p0f;
    /// ln 2 (1 + stretch), with no low part to mend it: that would be one instruction of eleven.
    static constexpr float ln2 = 0x1.62e43p-1f;
    static constexpr double stretch = 0x1.79a8dc2f503a2p-29;
    /// The same in two parts, of 13 and 7 bits: their products with up to 2^11 eighths are exact without FMA too.
    static constexpr float ln2_head = 0x1.62ep-1f;
    static constexpr float ln2_tail = 0x1.0cp-15f;
    /// factor · 2^(j/8), where the factor makes all eight round well.
    static constexpr std::array<float, 8> table = {0x1.2fa848p0f, 0x1.4b2404p0f, 0x1.691c8ap0f, 0x1.89cb7cp0f,
                                                   0x1.ad6fb4p0f, 0x1.d44dbcp0f, 0x1.feb052p0f, 0x1.16747cp1f};
    static constexpr double factor = 0x1.2fa84863c05e5p0;
    /// Of r² and r³, after 1 + r.
    static constexpr float coefficients[] = {0x1.000a5ep-1f, 0x1.555f5cp-3f};
    /// Arguments below count as this one: nothing beside any sum in range, and so large that power · r is hardly ever
    /// subnormal, which processors take a hundred cycles over.
    static constexpr float lowest = -72.0f;
};

/// x = n ln 2 (1 + stretch) + r, where n is the nearest multiple of 1/Fractions.
template <class Arch>
struct stretched_argument {
    xsimd::batch<float, Arch> n;
    xsimd::batch<float, Arch> r;
    xsimd::batch<float, Arch> biased; ///< n, and in its lowest bits what scaled() wants
};

/// Adding `to_fractions` rounds to a multiple of 1/Fractions. Where that is the constant to_biased less an integer k, biased
/// says n − k.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline stretched_argument<Arch>
stretched_argument_of(const xsimd::batch<float, Arch>& x, const xsimd::batch<float, Arch>& to_fractions) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = tabulated_exponential_constants;
    // Member by member, as in split_exp: g++ 12 writes a batch that is copied into such a result to memory, where nobody reads
    // it, and Zen 4 takes two and a half cycles over that.
    stretched_argument<Arch> result;
    result.biased = opaque(xsimd::fma(x, batch(constants::log2e), to_fractions));
    result.n = result.biased - to_fractions;
    if constexpr (fuses_multiply_add<Arch>)
        result.r = xsimd::fma(result.n, batch(-constants::ln2), x);
    else
        // Neither difference rounds, for |n| up to 256.
        result.r = rounded_difference(rounded_difference(x, rounded_product(result.n, batch(constants::ln2_head))),
                                      rounded_product(result.n, batch(constants::ln2_tail)));
    return result;
}

/// power · exp(r).
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch>
times_exp(const xsimd::batch<float, Arch>& power, const xsimd::batch<float, Arch>& r) noexcept {
    using batch = xsimd::batch<float, Arch>;
    constexpr auto& c = tabulated_exponential_constants::coefficients;
    const batch q = xsimd::fma(xsimd::fma(batch(c[1]), r, batch(c[0])), r, batch(1.0f));
    return xsimd::fma(power * r, q, power);
}

/// factor · exp(x / (1 + stretch)): the exponential for sums that need no maximum first. Ten instructions with AVX-512.
///
/// domain  all x: below −72 as at −72; above 87.9 at least 2^127, infinite or NaN, never a number below; NaN for NaN
/// error   relative to the above, at most 1.35 · 2^−24 for every x in [−72, 87.9]: 1.3414 at −0x1.e1ef46p-4; without FMA at most
///         1.38 · 2^−24: 1.3736 at −0x1.e290fap-4. The same bits on every architecture with FMA
/// source  tests/math/tabulated_exp.sollya; P.-T. P. Tang, ACM TOMS 15 (1989), for the table
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch>
tabulated_exp(const xsimd::batch<float, Arch>& x) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = tabulated_exponential_constants;
    const auto [n, r, biased] = stretched_argument_of(ordered_max(batch(constants::lowest), x),
                                                      batch(to_biased<float, constants::table.size()>));
    return times_exp(scaled<constants::table>(n, biased), r);
}

/// Constants of tabulated_exp in double, printed by the same.
struct tabulated_exponential_sixteenths {
    static constexpr double log2e = 0x1.71547652b82fep0;
    static constexpr double ln2_high = 0x1.62e42fefa4p-1;
    static constexpr double ln2_low = -0x1.8432a1b0e2634p-43;
    /// The same in two parts of which the first has so few bits that its products with up to 2^22 sixteenths are exact without
    /// FMA too.
    static constexpr double ln2_head = 0x1.62e42fep-1;
    static constexpr double ln2_tail = 0x1.f473de6af278fp-30;
    /// 2^(j/16).
    static constexpr std::array<double, 16> table = {0x1p0,
                                                     0x1.0b5586cf9890fp0,
                                                     0x1.172b83c7d517bp0,
                                                     0x1.2387a6e756238p0,
                                                     0x1.306fe0a31b715p0,
                                                     0x1.3dea64c123422p0,
                                                     0x1.4bfdad5362a27p0,
                                                     0x1.5ab07dd485429p0,
                                                     0x1.6a09e667f3bcdp0,
                                                     0x1.7a11473eb0187p0,
                                                     0x1.8ace5422aa0dbp0,
                                                     0x1.9c49182a3f09p0,
                                                     0x1.ae89f995ad3adp0,
                                                     0x1.c199bdd85529cp0,
                                                     0x1.d5818dcfba487p0,
                                                     0x1.ea4afa2a490dap0};
    /// Of r², r³, …, after 1 + r.
    static constexpr std::array<double, 5> coefficients = {
        0x1.fffffffffffb8p-2, 0x1.555555548e1a1p-3, 0x1.5555555902d57p-5, 0x1.11123bc201aeap-7, 0x1.6c14c5836d37p-10};
    /// Arguments below count as this one: nothing beside any sum in range, and so large that what its sums leave behind in
    /// rounding is not subnormal, which processors take a hundred cycles over.
    static constexpr double lowest = -640.0;
};

/// power · (exp(r) − 1), at most 1/45 of power, as two factors.
template <class Arch>
struct rest_factors {
    xsimd::batch<double, Arch> product; ///< power · r
    xsimd::batch<double, Arch> factor;
};

/// power · (exp(r) − 1), r = within − n ln 2.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline rest_factors<Arch>
rest_of_exp(const xsimd::batch<double, Arch>& power, const xsimd::batch<double, Arch>& n,
            const xsimd::batch<double, Arch>& within) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using constants = tabulated_exponential_sixteenths;
    batch r;
    if constexpr (fuses_multiply_add<Arch>)
        // The first is exact.
        r = xsimd::fma(n, batch(-constants::ln2_low), opaque(xsimd::fma(n, batch(-constants::ln2_high), within)));
    else
        // So is the first difference.
        r = rounded_difference(rounded_difference(within, rounded_product(n, batch(constants::ln2_head))),
                               rounded_product(n, batch(constants::ln2_tail)));
    constexpr auto& c = constants::coefficients;
    batch q(c.back());
    for (std::size_t i = c.size() - 1; i-- > 0;) q = xsimd::fma(q, r, batch(c[i]));
    rest_factors<Arch> result;
    result.factor = xsimd::fma(q, r, batch(1.0));
    result.product = opaque(power * r);
    return result;
}

/// power · exp(r), r = within − n ln 2.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<double, Arch>
times_exp(const xsimd::batch<double, Arch>& power, const xsimd::batch<double, Arch>& n,
          const xsimd::batch<double, Arch>& within) noexcept {
    const auto rest = rest_of_exp(power, n, within);
    return xsimd::fma(rest.product, rest.factor, power);
}

/// exp(x) in double, for sums that need no maximum first. Fourteen instructions with AVX-512.
///
/// domain  all x: below −640 as at −640; above 709 at least 2^1022, infinite or NaN, never a number below; NaN for NaN
/// error   relative, at most 1.9 · 2^−53: sampled, 1.8428 at −0x1.195ea6b5aa92cp+7. The same bits on every architecture with
///         FMA
/// source  as above
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<double, Arch>
tabulated_exp(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using constants = tabulated_exponential_sixteenths;
    const batch within = ordered_max(batch(constants::lowest), x);
    const batch to_sixteenths(to_biased<double, constants::table.size()>);
    const batch biased = opaque(xsimd::fma(within, batch(constants::log2e), to_sixteenths));
    const batch n = biased - to_sixteenths;
    // Scaled before all else: of an enormous argument the rest means nothing, and infinity must come of it.
    return times_exp(scaled<constants::table>(n, biased), n, within);
}

/// tabulated_exp relative to 2^k, one k to a lane: tabulated_exp(x) · 2^−k wherever that has a finite value, to the same bits.
/// k costs no instruction for each x but one with AVX-512: it is a part of the number that rounds x log₂ e to fractions, and
/// what is rounded then says n − k.
///
/// domain  integers k up to largest_exponent; float with FMA only. x less k ln 2: as tabulated_exp has x
/// error   as tabulated_exp's: the reduction of the argument is as exact for every k. Of doubles without FMA it is so up to
///         2^18; beyond, it rounds |x| by half of its last bit
template <class T, class Arch>
class relative_tabulated_exp {
    using batch = xsimd::batch<T, Arch>;
    using constants =
        std::conditional_t<std::same_as<T, float>, tabulated_exponential_constants, tabulated_exponential_sixteenths>;
    static constexpr T to_fractions = to_biased<T, constants::table.size()>;

public:
    /// So that the number that rounds stays between the powers of two on either side of it; in float, so that what log₂ e is
    /// rounded by does not count.
    static constexpr T largest_exponent = std::same_as<T, float> ? T(0x1.8p17) : T(0x1p31);

    explicit relative_tabulated_exp(const batch& k) noexcept
        : to_fractions_(batch(to_fractions) - k),
          lowest_(xsimd::fma(k, batch(T(0x1.62e42fefa39efp-1)), batch(constants::lowest))) {}

    [[nodiscard, gnu::always_inline]] batch operator()(const batch& x) const noexcept {
        const batch within = ordered_max(lowest_, x);
        if constexpr (std::same_as<T, float>) {
            const auto [n, r, biased] = stretched_argument_of(within, to_fractions_);
            return times_exp(scaled<constants::table>(biased - batch(to_fractions), biased), r);
        } else {
            const auto [power, n] = power_of(within);
            return times_exp(power, n, within);
        }
    }

    /// The same as a sum that has yet to be rounded: its terms are a power of two times an entry of the table, and at most 1/45
    /// of that. For what is multiplied next, by one multiplication and a fused one.
    struct sum {
        batch power;
        batch rest;
    };
    [[nodiscard, gnu::always_inline]] sum unrounded(const batch& x) const noexcept {
        static_assert(std::same_as<T, double>);
        const batch within = ordered_max(lowest_, x);
        const auto [power, n] = power_of(within);
        const auto rest = rest_of_exp(power, n, within);
        sum result;
        result.power = power;
        result.rest = opaque(rest.product * rest.factor);
        return result;
    }

private:
    struct scaled_entry {
        batch power;
        batch n;
    };
    [[nodiscard, gnu::always_inline]] scaled_entry power_of(const batch& within) const noexcept {
        const batch biased = opaque(xsimd::fma(within, batch(constants::log2e), to_fractions_));
        scaled_entry result;
        result.power = scaled<constants::table>(biased - batch(to_fractions), biased);
        result.n = biased - to_fractions_;
        return result;
    }

    batch to_fractions_;
    batch lowest_;
};

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
