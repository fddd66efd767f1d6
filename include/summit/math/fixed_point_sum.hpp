// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/exp_parts.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/ordered_max.hpp>
#include <summit/math/scaled.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of fixed_point_sum beside the tables of tabulated_exp and exp_parts, printed by tests/math/fixed_point_sum.sollya.
struct fixed_point_constants {
    /// In two parts, of which the first has so few bits that its product with a float is exact.
    static constexpr double log2e_high = 0x1.7154765p0;
    static constexpr double log2e_low = 0x1.5c17f0bbbe88p-31;
    /// 2^f − 1, of f, f², …
    static constexpr std::array<double, 7> coefficients = {
        0x1.62e42fefa39efp-1,  0x1.ebfbdff82c594p-3,  0x1.c6b08d7050bb6p-5, 0x1.3b2ab6fb03672p-7,
        0x1.5d87f7c8e1011p-10, 0x1.430a4de0794acp-13, 0x1.03b8b6aadceecp-16};
    /// Adding it rounds to a multiple of 2^−40; of 2^−80.
    static constexpr double to_coarse = 0x1.8p12;
    static constexpr double to_fine = 0x1.8p-28;
};

/// Σ exp(x) of floats, as doubles, for sums near 1: each term is split into a multiple of 2^−40 and one of 2^−80, which add up
/// without rounding, whatever their order. Twenty-six instructions a vector, where twice the digits of a double take several times as many.
///
/// domain  x ≤ 7 that are floats, or NaN; fewer than 2^14 terms before they are collected by total(), and sums below 2^12. With
///         FMA only: without it products would round
/// error   of each term at most 2^−57 of it, and 2^−81. Sampled: 2^−57.18 at −0x1.a4b13p+3
/// source  tests/math/fixed_point_sum.sollya; the table is exp_parts'
template <class Arch>
class fixed_point_sum {
    using batch = xsimd::batch<double, Arch>;

public:
    /// Terms on their way to the sum.
    using group = fixed_point_sum;

    [[gnu::always_inline]] void add(const batch& x) noexcept { add_together(std::array<batch, 1>{x}); }
    template <std::same_as<batch>... Terms>
        requires(sizeof...(Terms) > 1)
    [[gnu::always_inline]] void add(const Terms&... terms) noexcept {
        // Each waits for its own steps, and of those of one after the other no processor sees more than four at a time.
        if constexpr (std::is_base_of_v<xsimd::avx512f, Arch> || std::is_base_of_v<xsimd::neon64, Arch>)
            add_together(std::array<batch, sizeof...(Terms)>{terms...});
        else
            (add(terms), ...);
    }
    [[gnu::always_inline]] void add(const fixed_point_sum& other) noexcept {
        coarse_ = coarse_ + other.coarse_;
        fine_ = fine_ + other.fine_;
    }

    /// Exact, and pairs of such sums add up without rounding too.
    [[nodiscard]] double_pair<Arch> total() const noexcept { return two_sum(coarse_, fine_); }

private:
    /// Step by step, each step of all of them.
    template <std::size_t Count>
    [[gnu::always_inline]] void add_together(const std::array<batch, Count>& x) noexcept {
        using sixteenths = tabulated_exponential_sixteenths;
        using constants = fixed_point_constants;
        constexpr auto& c = constants::coefficients;
        const batch to_sixteenths(to_biased<double, sixteenths::table.size()>);
        const batch to_coarse(constants::to_coarse), to_fine(constants::to_fine);
        std::array<batch, Count> power, lack, f, q, coarse;
        const auto each = [](const auto& step) __attribute__((always_inline)) {
#pragma GCC unroll 4
            for (std::size_t i = 0; i != Count; ++i) step(i);
        };
        // exp(x) = power · 2^f, and what the power's table lacks, relative to it.
        each([&](std::size_t i) __attribute__((always_inline)) {
            const batch within = ordered_max(batch(sixteenths::lowest), x[i]);
            const batch biased = opaque(xsimd::fma(within, batch(constants::log2e_high), to_sixteenths));
            const batch n = opaque(biased - to_sixteenths);
            power[i] = scaled<sixteenths::table>(n, biased);
            lack[i] = lookup<Arch>(exponential_part_constants::table_rest, xsimd::bitwise_cast<std::uint64_t>(biased));
            // The first is exact.
            const batch head = opaque(xsimd::fms(within, batch(constants::log2e_high), n));
            f[i] = xsimd::fma(within, batch(constants::log2e_low), head);
        });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], batch(c[6]), batch(c[5])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], q[i], batch(c[4])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], q[i], batch(c[3])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], q[i], batch(c[2])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], q[i], batch(c[1])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = xsimd::fma(f[i], q[i], batch(c[0])); });
        each([&](std::size_t i) __attribute__((always_inline)) { q[i] = opaque(xsimd::fma(f[i], q[i], lack[i])); });
        // The term to 53 bits, of which the upper ones are kept; then what these lack.
        each([&](std::size_t i) __attribute__((always_inline)) {
            const batch term = opaque(xsimd::fma(power[i], q[i], power[i]));
            coarse[i] = rounded_difference(rounded_sum(term, to_coarse), to_coarse);
        });
        each([&](std::size_t i) __attribute__((always_inline)) {
            coarse_ = coarse_ + coarse[i];
            const batch left = opaque(xsimd::fma(power[i], q[i], rounded_difference(power[i], coarse[i])));
            fine_ = fine_ + rounded_difference(rounded_sum(left, to_fine), to_fine);
        });
    }

    batch coarse_;
    batch fine_;
};

/// The lanes of a sum in the order of the terms' lanes.
template <class Arch>
inline void store(const fixed_point_sum<Arch>& sum, double* high, double* low) noexcept {
    const auto total = sum.total();
    total.high.store_unaligned(high);
    total.low.store_unaligned(low);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
