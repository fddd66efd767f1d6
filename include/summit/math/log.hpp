// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of the logarithms, printed by tests/math/log.sollya.
struct logarithm_constants {
    static constexpr double ln2_high = 0x1.62e42fefa38p-1;
    static constexpr double ln2_low = 0x1.ef35793c7673p-45;
    static constexpr double third_high = 0x1.5555555555555p-2;
    static constexpr double third_low = 0x1.5555555555555p-56;
    /// Of z, z², …, z = s²: 2 (atanh(s) − s) / s.
    static constexpr double plain[] = {0x1.5555555555592p-1, 0x1.999999997ff27p-2, 0x1.24924941e0498p-2,
                                       0x1.c71c521540c6fp-3, 0x1.74663cbab05d9p-3, 0x1.39a1edeb391dap-3,
                                       0x1.2f0386ea8b025p-3};
    /// Of z², z³, …: atanh(s) / s − 1 − z/3.
    static constexpr double parts[] = {0x1.999999999999ap-3, 0x1.249249249238ap-3, 0x1.c71c71c73ed96p-4,
                                       0x1.745d1732873bp-4,  0x1.3b13b7b7f335dp-4, 0x1.110fb324e8a84p-4,
                                       0x1.e23e8cb40481ep-5, 0x1.a7bba63c2f375p-5, 0x1.d8b8101c46f49p-5};
};

/// x = 2^exponent · (1 + fraction), 1 + fraction in [√½, √2): exact, and for subnormal x right even where the hardware
/// takes subnormals for zeros, because it looks at the bits only.
template <class Arch>
struct split_number {
    xsimd::batch<double, Arch> exponent;
    xsimd::batch<double, Arch> fraction;

    explicit split_number(const xsimd::batch<double, Arch>& x) noexcept {
        using batch = xsimd::batch<double, Arch>;
        using bits = xsimd::batch<std::uint64_t, Arch>;
        constexpr auto bits_of = [](double value) { return std::bit_cast<std::uint64_t>(value); };

        // A subnormal is an integer multiple of 2^−1074; integer | 2^52 is that integer, plus 2^52, as a double.
        const bits x_bits = xsimd::bitwise_cast<std::uint64_t>(x);
        const auto subnormal = x_bits < bits(bits_of(std::numeric_limits<double>::min()));
        const batch multiple = xsimd::bitwise_cast<double>(x_bits | bits(bits_of(0x1p52))) - batch(0x1p52);
        const bits normal = xsimd::select(subnormal, xsimd::bitwise_cast<std::uint64_t>(multiple), x_bits);
        const bits bias = xsimd::select(subnormal, bits(bits_of(0x1p52 + 1023 + 1074)), bits(bits_of(0x1p52 + 1023)));

        // The offset carries into the exponent field from √2 on.
        const bits biased = (normal + bits(bits_of(1.0) - bits_of(0x1.6a09e667f3bcdp-1))) >> 52;
        exponent = rounded_difference(xsimd::bitwise_cast<double>(biased | bits(bits_of(0x1p52))),
                                      xsimd::bitwise_cast<double>(bias));
        fraction =
            rounded_difference(xsimd::bitwise_cast<double>(normal - (biased << 52) + bits(bits_of(1.0))), batch(1.0));
    }
};

/// log(2^exponent · (1 + fraction)) + correction. fdlibm's formula f − f²/2 + s (f²/2 + R), with exact sums of the large
/// terms (f²/2 by way of the head of f, so that no FMA is needed): their roundings were a third of the error.
template <class Arch>
[[nodiscard]] inline xsimd::batch<double, Arch> log_of(const split_number<Arch>& x,
                                                       const xsimd::batch<double, Arch>& correction) noexcept {
    using batch = xsimd::batch<double, Arch>;
    constexpr auto& c = logarithm_constants::plain;

    const batch f = x.fraction;
    const batch f_head = head(f);
    const batch half_square_head = rounded_product(rounded_product(f_head, f_head), batch(0.5));
    const batch half_square_rest =
        rounded_product(rounded_product(rounded_difference(f, f_head), rounded_sum(f, f_head)), batch(0.5));

    const batch s = opaque(f / rounded_sum(batch(2.0), f));
    const batch z = rounded_product(s, s);
    batch r(c[std::size(c) - 1]);
    for (std::size_t i = std::size(c) - 1; i-- > 0;) r = xsimd::fma(r, z, batch(c[i]));
    r = xsimd::fma(r, z, rounded_sum(half_square_head, half_square_rest));

    const auto first = fast_two_sum(rounded_product(x.exponent, batch(logarithm_constants::ln2_high)), f);
    const auto second = fast_two_sum(first.high, -half_square_head);
    const batch minor = xsimd::fma(x.exponent, batch(logarithm_constants::ln2_low), correction);
    const batch tail = rounded_difference(opaque(xsimd::fma(s, r, minor)), half_square_rest);
    return rounded_sum(second.high, rounded_sum(rounded_sum(first.low, second.low), tail));
}

/// log(x).
///
/// domain  all x: log(±0) = −inf, log(inf) = inf; NaN for negative x and NaN
/// error   at most 0.69 ulp; sampled: 0.6748 at 0x1.69caaae01ad73p+0, with and without FMA. Rounded to float, within
///         0.5 + 2^−24 ulp for every positive float.
/// source  tests/math/log.sollya; fdlibm's e_log.c for the form
template <class Arch>
[[nodiscard]] inline xsimd::batch<double, Arch> log(const xsimd::batch<double, Arch>& x) noexcept {
    using bits = xsimd::batch<std::uint64_t, Arch>;
    constexpr auto bits_of = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    constexpr std::uint64_t infinity = bits_of(std::numeric_limits<double>::infinity());
    constexpr std::uint64_t not_a_number = bits_of(std::numeric_limits<double>::quiet_NaN());
    constexpr std::uint64_t sign = std::uint64_t(1) << 63;

    // Chosen as integers: -ffast-math takes a NaN or an infinity in a comparison or a choice for something that cannot be.
    const bits x_bits = xsimd::bitwise_cast<std::uint64_t>(x);
    const bits finite =
        xsimd::bitwise_cast<std::uint64_t>(log_of(split_number<Arch>(x), xsimd::batch<double, Arch>(0.0)));
    bits result = xsimd::select((x_bits - bits(1)) < bits(infinity), finite, bits(not_a_number));
    result = xsimd::select(x_bits == bits(infinity), x_bits, result);
    result = xsimd::select((x_bits + x_bits) == bits(0), bits(sign | infinity), result);
    return xsimd::bitwise_cast<double>(result);
}

/// log(1 + x) for x ≥ 0, without the cancellation in 1 + x.
///
/// domain  x ≥ 0: log1p(inf) = inf, NaN for NaN; for x < 0 the result means nothing
/// error   at most 0.69 ulp; sampled: 0.6694 at 0x1.98541e4f8d1b4p-2, with and without FMA. Exact for x < 2^−54, save that a
///         subnormal x gives 0 where the hardware takes subnormals for zeros.
/// source  tests/math/log.sollya; fdlibm's s_log1p.c for the form
template <class Arch>
[[nodiscard]] inline xsimd::batch<double, Arch> log1p(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;
    constexpr auto bits_of = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    constexpr std::uint64_t infinity = bits_of(std::numeric_limits<double>::infinity());

    // Knuth's two-sum: which of 1 and x is the larger is not known.
    const batch sum = rounded_sum(batch(1.0), x);
    const batch part_of_x = rounded_difference(sum, batch(1.0));
    const batch lost = rounded_sum(rounded_difference(x, part_of_x),
                                   rounded_difference(batch(1.0), rounded_difference(sum, part_of_x)));
    split_number<Arch> parts(sum);

    // Up to √2 − 1, x itself is the fraction; beyond, what the sum lost is put back to first order.
    const bits x_bits = xsimd::bitwise_cast<std::uint64_t>(x);
    const auto is_small = x_bits < bits(bits_of(0x1.a827999fcef32p-2));
    const auto choose = [&](const batch& yes, const batch& no) {
        return xsimd::bitwise_cast<double>(
            xsimd::select(is_small, xsimd::bitwise_cast<std::uint64_t>(yes), xsimd::bitwise_cast<std::uint64_t>(no)));
    };
    parts.fraction = choose(x, parts.fraction);
    parts.exponent = choose(batch(0.0), parts.exponent);
    const batch correction = choose(batch(0.0), opaque(lost / sum));
    const bits finite = xsimd::bitwise_cast<std::uint64_t>(log_of(parts, correction));
    return xsimd::bitwise_cast<double>(xsimd::select(x_bits < bits(infinity), finite, x_bits));
}

/// log(high + low) as an unevaluated sum of two doubles.
///
/// domain  high finite and ≥ 1, |low| ≤ ulp(high)
/// error   at most 2^−64 of the result, and for high = 1 a rounding of low; sampled in [1, 2^64): 2^−64.71 at
///         0x1.69a929cd1d70fp+0, with and without FMA
/// source  tests/math/log.sollya
template <class Arch>
[[nodiscard]] inline double_pair<Arch>
log_parts(const xsimd::batch<double, Arch>& high,
          const xsimd::batch<double, Arch>& low = xsimd::batch<double, Arch>(0.0)) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using constants = logarithm_constants;
    constexpr auto& c = constants::parts;

    const split_number<Arch> x(high);
    const batch f = x.fraction;

    // Every quantity q that must be known beyond double is q_head + q_low, or, as a product of two heads, q_exact + q_rest.
    // s = f / (2 + f): what the division leaves, divided again.
    const batch d = rounded_sum(batch(2.0), f);
    const batch d_head = head(d);
    const batch d_low = rounded_sum(rounded_difference(batch(2.0), d_head), f);
    const batch reciprocal = opaque(batch(1.0) / d);
    const batch s = rounded_product(f, reciprocal);
    const batch s_head = head(s);
    const batch remainder = opaque(xsimd::fma(-s_head, d_head, f));
    const batch s_low = rounded_product(opaque(xsimd::fma(-s_head, d_low, remainder)), reciprocal);

    // z = s²
    const batch z_exact = rounded_product(s_head, s_head);
    const batch z_rest = rounded_product(rounded_sum(s_head, s), s_low);
    const batch z = rounded_sum(z_exact, z_rest);
    const batch z_head = head(z);
    const batch z_low = rounded_sum(rounded_difference(z_exact, z_head), z_rest);

    // t = 1/3 + z (1/5 + …)
    const batch third(constants::third_high);
    batch q(c[std::size(c) - 1]);
    for (std::size_t i = std::size(c) - 1; i-- > 0;) q = xsimd::fma(q, z, batch(c[i]));
    const batch w = rounded_product(q, z);
    const batch t_head = head(rounded_sum(third, w));
    const batch t_low = rounded_sum(rounded_sum(rounded_difference(third, t_head), w), batch(constants::third_low));

    // u = z t
    const batch u_exact = rounded_product(z_head, t_head);
    const batch u_rest = opaque(xsimd::fma(z_head, t_low, rounded_product(z_low, rounded_sum(t_head, t_low))));
    const batch u_head = head(rounded_sum(u_exact, u_rest));
    const batch u_low = rounded_sum(rounded_difference(u_exact, u_head), u_rest);

    // log = exponent · ln 2 + 2 (s + s u): the large terms from the largest, each sum exact; the small ones apart.
    const batch v_exact = rounded_product(s_head, u_head);
    const batch v_rest = opaque(xsimd::fma(s_head, u_low, rounded_product(s_low, rounded_sum(u_head, u_low))));
    const auto first =
        fast_two_sum(rounded_product(x.exponent, batch(constants::ln2_high)), rounded_sum(s_head, s_head));
    const auto second = fast_two_sum(first.high, rounded_sum(v_exact, v_exact));
    const batch ratio = opaque(low / high);
    const batch from_low = opaque(xsimd::fma(rounded_product(ratio, ratio), batch(-0.5), ratio));
    const batch minor = opaque(xsimd::fma(x.exponent, batch(constants::ln2_low), from_low));
    const batch rest = opaque(xsimd::fma(batch(2.0), rounded_sum(s_low, v_rest), minor));
    return fast_two_sum(second.high, rounded_sum(rounded_sum(first.low, second.low), rest));
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
