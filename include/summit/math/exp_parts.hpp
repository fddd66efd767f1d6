// SPDX-License-Identifier: MIT
#pragma once

#include <summit/math/double_pair.hpp>
#include <summit/math/lookup.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/scaled.hpp>
#include <summit/math/tabulated_exp.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math {

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
    /// Of r³ in two parts, and of r⁴ … r¹¹.
    static constexpr double sixth = 0x1.5555555555555p-3;
    static constexpr double sixth_low = 0x1.5555555555555p-57;
    static constexpr std::array<double, 8> tail = {0x1.5555555555555p-5,  0x1.1111111111111p-7,  0x1.6c16c16c16c17p-10,
                                                   0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-16, 0x1.71de3a556c734p-19,
                                                   0x1.27e4fb7789f5cp-22, 0x1.ae64567f544e4p-26};
    /// exp is taken for 0 below.
    static constexpr double lowest = -600.0;
};

/// exp(x) as an unevaluated sum of two doubles, for sums that all but cancel.
///
/// domain  x ≤ 0 and not NaN; exp(x) = 0 for x < −600
/// error   at most 2^−77, relative
/// source  as tabulated_exp; what it rounds is kept: the product of table and rest, the argument's parts, r² and r³
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

    // exp(r) − 1 = r + r²/2 + r³/6 + …: the first three exactly, the others, 2^−26 at most, as they round.
    const auto square = two_product(r.high, r.high);
    const auto cube = two_product(square.high, r.high);
    const batch cube_low = opaque(xsimd::fma(square.low, r.high, cube.low));
    const auto third = two_product(cube.high, batch(constants::sixth));
    const batch third_low = opaque(xsimd::fma(cube_low, batch(constants::sixth),
                                              opaque(xsimd::fma(cube.high, batch(constants::sixth_low), third.low))));
    batch tail(constants::tail.back());
    for (std::size_t i = constants::tail.size() - 1; i-- != 0;)
        tail = xsimd::fma(tail, r.high, batch(constants::tail[i]));
    tail = opaque(opaque(square.high * square.high) * tail);

    const auto two = fast_two_sum(r.high, opaque(square.high * batch(0.5)));
    const auto three = fast_two_sum(two.high, third.high);
    const batch low = opaque(xsimd::fma(square.low, batch(0.5), opaque(xsimd::fma(r_low, three.high, r_low))));
    const batch power_rest = lookup<Arch>(constants::table_rest, xsimd::bitwise_cast<std::uint64_t>(biased));
    const batch rest =
        rounded_sum(rounded_sum(tail, rounded_sum(low, rounded_sum(third_low, rounded_sum(two.low, three.low)))),
                    opaque(xsimd::fma(power_rest, three.high, power_rest)));

    // power (1 + three.high + rest)
    const batch power = xsimd::select(x < batch(constants::lowest), batch(0.0), scaled<sixteenths::table>(n, biased));
    const auto product = two_product(power, three.high);
    const auto sum = fast_two_sum(power, product.high);
    return fast_two_sum(sum.high, opaque(xsimd::fma(power, rest, rounded_sum(sum.low, product.low))));
}

} // namespace summit::inline version0::math
