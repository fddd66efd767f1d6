// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/scaled.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// What exp_parts has beside the constants of tabulated_exp, printed by tests/math/exp_parts.sollya.
struct exponential_part_constants {
    /// ln 2 has tabulated_exp's high part, and these.
    static constexpr double ln2_middle = -0x1.8432a1b0e4p-43;
    static constexpr double ln2_low = 0x1.9cc01f97b57ap-83;
    /// What its table lacks, relative to it.
    static constexpr std::array<double, 16> table_rest = {0x0p0,
                                                          0x1.79aa65d837b6dp-54,
                                                          -0x1.01b15eaa59348p-55,
                                                          0x1.68efde3a8a894p-54,
                                                          0x1.34d754db0abb6p-55,
                                                          0x1.59f48a72a4c6dp-55,
                                                          0x1.690cebb7aafbp-56,
                                                          0x1.063e1e21c5409p-54,
                                                          -0x1.3b3efbf5e2228p-54,
                                                          -0x1.b32dcb94da51dp-56,
                                                          0x1.db72fc1f0eab4p-55,
                                                          0x1.1affc2b91ce27p-56,
                                                          0x1.c1a7792cb3387p-55,
                                                          0x1.36eae30af0cb3p-56,
                                                          0x1.4a385a63d07a7p-56,
                                                          -0x1.ff7128fd391fp-55};
    /// The coefficients of r⁵, r⁴, … r, each in two parts.
    static constexpr std::array<double, 5> head = {0x1.1111111111111p-7, 0x1.5555555555555p-5, 0x1.5555555555555p-3,
                                                   0.5, 1.0};
    static constexpr std::array<double, 5> head_low = {0x1.1111111111111p-63, 0x1.5555555555555p-59,
                                                       0x1.5555555555555p-57, 0.0, 0.0};
    /// The coefficients of r⁶ … r¹².
    static constexpr std::array<double, 7> tail = {0x1.6c16c16c16c17p-10, 0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-16,
                                                   0x1.71de3a556c734p-19, 0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26,
                                                   0x1.1eed8eff8d898p-29};
    /// exp is taken for 0 below.
    static constexpr double lowest = -600.0;
};

/// exp(x) as an unevaluated sum of two doubles, for sums that all but cancel.
///
/// domain  x ≤ 0 and not NaN; exp(x) = 0 for x < −600
/// error   at most 2^−92, relative: a float next to the log of a count leaves as little of 1 as 2^−60, and its digits
/// source  as tabulated_exp; what it rounds is kept: the product of table and rest, the argument's parts, r² to r⁵
template <class Arch>
[[nodiscard]] inline double_pair<Arch> exp_parts(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using sixteenths = tabulated_exponential_sixteenths;
    using constants = exponential_part_constants;

    const batch within = xsimd::max(x, batch(constants::lowest));
    const batch to_sixteenths(to_biased<double, sixteenths::table.size()>);
    const batch biased = opaque(xsimd::fma(within, batch(sixteenths::log2e), to_sixteenths));
    const batch n = opaque(biased - to_sixteenths);
    // Both products have at most 53 bits, and taking the first from x is exact.
    const batch head = opaque(xsimd::fma(n, batch(-sixteenths::ln2_high), within));
    const auto r = two_sum(head, opaque(n * batch(-constants::ln2_middle)));
    const batch r_low = opaque(xsimd::fma(n, batch(-constants::ln2_low), r.low));

    const auto rest = fast_two_sum(r.high, r_low);

    // exp(r) − 1 = r (1 + r/2 + … + r⁴/120 + …): from r⁶ on, 2^−42 at most, as it rounds.
    batch tail(constants::tail.back());
    for (std::size_t i = constants::tail.size() - 1; i-- != 0;)
        tail = xsimd::fma(tail, rest.high, batch(constants::tail[i]));
    double_pair<Arch> series{tail, batch(0.0)};
    for (std::size_t i = 0; i != constants::head.size(); ++i)
        series =
            add_pairs<Arch>({batch(constants::head[i]), batch(constants::head_low[i])}, multiply_pairs(rest, series));
    const auto less_one = multiply_pairs(rest, series);

    const batch power = xsimd::select(x < batch(constants::lowest), batch(0.0), scaled<sixteenths::table>(n, biased));
    const batch power_low =
        rounded_product(power, lookup<Arch>(constants::table_rest, xsimd::bitwise_cast<std::uint64_t>(biased)));
    const auto product = multiply_pairs<Arch>({power, power_low}, less_one);
    const auto sum = fast_two_sum(power, product.high);
    return fast_two_sum(sum.high, rounded_sum(sum.low, rounded_sum(power_low, product.low)));
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
