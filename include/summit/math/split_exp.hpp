// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/scaled.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// power · (1 + rest), where rest is small: a float and what it lacks.
template <class Arch>
struct split_exponential {
    xsimd::batch<float, Arch> power;
    xsimd::batch<float, Arch> rest;
};

/// Constants of split_exp, printed by tests/math/split_exp.sollya.
struct split_exponential_constants {
    /// 2^(j/16), and what it is off by, relative to it.
    static constexpr std::array<float, 16> table = {0x1p0f,        0x1.0b5586p0f, 0x1.172b84p0f, 0x1.2387a6p0f,
                                                    0x1.306fep0f,  0x1.3dea64p0f, 0x1.4bfdaep0f, 0x1.5ab07ep0f,
                                                    0x1.6a09e6p0f, 0x1.7a1148p0f, 0x1.8ace54p0f, 0x1.9c4918p0f,
                                                    0x1.ae89fap0f, 0x1.c199bep0f, 0x1.d5818ep0f, 0x1.ea4afap0f};
    static constexpr std::array<float, 16> rest = {0.0f,
                                                   0x1.8d96d4p-25f,
                                                   -0x1.9c0c22p-27f,
                                                   0x1.964904p-25f,
                                                   0x1.125002p-25f,
                                                   0x1.370be4p-25f,
                                                   -0x1.0a355p-25f,
                                                   -0x1.00d8acp-27f,
                                                   0x1.26055cp-26f,
                                                   -0x1.05cb44p-25f,
                                                   0x1.67a1cap-28f,
                                                   0x1.a3b5e4p-28f,
                                                   -0x1.f9c304p-27f,
                                                   -0x1.6961b4p-28f,
                                                   -0x1.a5217cp-28f,
                                                   0x1.61428ep-28f};
    /// Of r² and r³, after r.
    static constexpr float coefficients[] = {0x1.000254p-1f, 0x1.555796p-3f};
    /// Arguments below count as this one: nothing beside any sum in range, and so large that power · rest is not subnormal,
    /// which processors take a hundred cycles over.
    static constexpr float lowest = -80.0f;
};

/// What exp(r) is more than 1, and the table's entry that `biased` says more than its power.
template <class Arch>
[[nodiscard, gnu::always_inline]] inline xsimd::batch<float, Arch>
split_rest(const xsimd::batch<float, Arch>& r, const xsimd::batch<float, Arch>& biased) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = split_exponential_constants;
    constexpr auto& c = constants::coefficients;
    const batch q = xsimd::fma(xsimd::fma(batch(c[1]), r, batch(c[0])), r, batch(1.0f));
    return xsimd::fma(q, r, lookup<Arch>(constants::rest, xsimd::bitwise_cast<std::uint32_t>(biased)));
}

/// exp(x / (1 + stretch)), the stretch that of tabulated_exp, to more digits than a float has. Ten instructions with AVX-512.
///
/// domain  all x: below −80 as at −80; above 88.7, and for NaN, one of the two is infinite or NaN. With FMA only: without it
///         the reduction of the argument would round
/// error   of power · (1 + rest), relative, at most 4.6 · 2^−30 for every x in [−80, 88]: 4.4853 at −0x1.142802p+6. |rest| is
///         at most 0.0222. The same bits on every architecture
/// source  tests/math/split_exp.sollya; P.-T. P. Tang, ACM TOMS 15 (1989), for the table and for what it lacks
template <class Arch>
[[nodiscard, gnu::always_inline]] inline split_exponential<Arch>
split_exp(const xsimd::batch<float, Arch>& x) noexcept {
    using batch = xsimd::batch<float, Arch>;
    using constants = split_exponential_constants;
    const auto [n, r, biased] = stretched_argument_of(ordered_max(batch(constants::lowest), x),
                                                      batch(to_biased<float, constants::table.size()>));
    // Member by member, for the reason that stretched_argument_of gives.
    split_exponential<Arch> result;
    result.power = scaled<constants::table>(n, biased);
    result.rest = split_rest(r, biased);
    return result;
}

/// split_exp relative to 2^k, one k to a lane, as relative_tabulated_exp is.
///
/// domain  with FMA; integers k up to 2^18. x less k ln 2: as split_exp has x
/// error   as split_exp's for k up to 2^17; beyond, at most 5.9 · 2^−30, as what log₂ e is rounded by makes r larger
template <class Arch>
class relative_split_exp {
    using batch = xsimd::batch<float, Arch>;
    using constants = split_exponential_constants;
    static constexpr float to_fractions = to_biased<float, constants::table.size()>;

public:
    explicit relative_split_exp(const batch& k) noexcept
        : to_fractions_(batch(to_fractions) - k),
          lowest_(xsimd::fma(k, batch(tabulated_exponential_constants::ln2), batch(constants::lowest))) {}

    [[nodiscard, gnu::always_inline]] split_exponential<Arch> operator()(const batch& x) const noexcept {
        const auto [n, r, biased] = stretched_argument_of(ordered_max(lowest_, x), to_fractions_);
        split_exponential<Arch> result;
        result.power = scaled<constants::table>(biased - batch(to_fractions), biased);
        result.rest = split_rest(r, biased);
        return result;
    }

private:
    batch to_fractions_;
    batch lowest_;
};

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
