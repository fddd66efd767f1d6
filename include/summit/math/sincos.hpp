// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/double_pair.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

/// Constants of sincos, printed by tests/math/sincos.sollya.
struct sincos_constants {
    static constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
    /// π/2: three parts of 33 bits and the rest.
    static constexpr double pi_half[] = {0x1.921fb544p0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69, 0x1.b839a252049c1p-104};
    /// The same as the sum of two doubles.
    static constexpr double pi_half_double[] = {0x1.921fb54442d18p0, 0x1.1a62633145c07p-54};
    /// Of r³, r⁵, …, after r.
    static constexpr double sine[] = {-0x1.5555555555548p-3, 0x1.111111110f76p-7,    -0x1.a01a019bf2b81p-13,
                                      0x1.71de355fa53bdp-19, -0x1.ae5e5500c133bp-26, 0x1.5d8e62828e468p-33};
    /// Of r⁴, r⁶, …, after 1 − r²/2.
    static constexpr double cosine[] = {0x1.555555555554cp-5,   -0x1.6c16c16c15223p-10, 0x1.a01a019cbff92p-16,
                                        -0x1.27e4f813368c3p-22, 0x1.1ee9f1b0a8156p-29,  -0x1.8fb1638a281dcp-37};
    /// 2/π as a fixed-point number, after one word of zeros.
    static constexpr std::uint64_t two_over_pi_words[] = {0,
                                                          11743562013128004905U,
                                                          18169587780923219392U,
                                                          15808362127397457985U,
                                                          18325537948574664033U,
                                                          13196794004601950944U,
                                                          452944820249399836U,
                                                          18311050168422213438U,
                                                          16754012890938950788U,
                                                          16833452818741296705U,
                                                          4148332274289687028U,
                                                          11278244420634880059U,
                                                          2303758334597371919U,
                                                          17235013589178936607U,
                                                          7869616827067468215U,
                                                          5712322887342352941U,
                                                          8441921394348257659U,
                                                          4397547296490951402U,
                                                          7780917995555872008U,
                                                          6197850593633725355U};
    static constexpr std::uint64_t pi_quarter_words[] = {14488038916154245684U, 14179128828124470481U};

    /// Up to here the number of quarter turns fits the 20 bits that the parts of π/2 leave it.
    static constexpr double largest_medium = 0x1p20;
};

/// x = quadrant · π/2 + high + low, |high + low| ≤ π/4 and a little; of the quadrant the lowest two bits have meaning.
struct quarter_turns {
    std::uint64_t quadrant;
    double high;
    double low;
};

/// The product of two words.
template <class Arch>
struct product_of_words {
    std::uint64_t high;
    std::uint64_t low;

    constexpr product_of_words(std::uint64_t a, std::uint64_t b) noexcept {
        constexpr std::uint64_t half = 0xffffffff;
        const std::uint64_t low_low = (a & half) * (b & half);
        const std::uint64_t middle = (a >> 32) * (b & half) + (low_low >> 32);
        const std::uint64_t other = (a & half) * (b >> 32) + (middle & half);
        high = (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
        low = other << 32 | (low_low & half);
    }
};

/// Payne and Hanek's reduction, for |x| ≥ 2^19; NaN for what is not finite. In integers throughout: no flag of the
/// compiler reaches it. Of the words of 2/π only three matter: those above count whole turns, those below nothing.
/// source  M. Payne, R. Hanek, SIGNUM Newsletter 18 (1983), doi:10.1145/1057600.1057602
template <class Arch>
[[nodiscard]] inline quarter_turns reduce_large(double x) noexcept {
    using product = product_of_words<Arch>;
    using constants = sincos_constants;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t biased = bits >> 52 & 0x7ff;
    if (biased == 0x7ff) {
        const auto nan = std::bit_cast<double>(std::uint64_t{0x7ff8} << 48);
        return {0, nan, nan};
    }
    const std::uint64_t mantissa = (bits & ~std::uint64_t{0} >> 12) | std::uint64_t{1} << 52;

    // |x| = mantissa · 2^(biased − 1075). Bits of 2/π worth 4 or more after that make no difference; one word of zeros
    // stands before the point.
    const std::uint64_t skipped = biased - 1075 - 2 + 64;
    const std::uint64_t* words = constants::two_over_pi_words + skipped / 64;
    const auto word = [&](std::size_t i) {
        const std::uint64_t shift = skipped % 64;
        return shift == 0 ? words[i] : words[i] << shift | words[i + 1] >> (64 - shift);
    };

    // The product in units of 2^−190 quarter turns; what leaves on the left are whole turns.
    const product last(mantissa, word(2));
    const product middle(mantissa, word(1));
    const std::uint64_t second = last.high + middle.low;
    const std::uint64_t first = mantissa * word(0) + middle.high + (second < middle.low ? 1 : 0);
    std::uint64_t quadrant = first >> 62;
    std::uint64_t high = first << 2 | second >> 62;
    std::uint64_t low = second << 2 | last.low >> 62;

    // To the nearest quarter turn, sign and magnitude.
    bool negative = bits >> 63 != 0;
    if (negative) quadrant = 0 - quadrant;
    if (high >> 63 != 0) {
        quadrant += negative ? ~std::uint64_t{0} : 1;
        negative = !negative;
        low = 0 - low;
        high = ~high + (low == 0 ? 1 : 0);
    }
    // No double comes nearer to a multiple of π/2 than 2^−62, so 64 bits stay.
    const auto zeros = static_cast<std::uint64_t>(std::countl_zero(high));
    if (zeros != 0) {
        high = zeros == 64 ? low : high << zeros | low >> (64 - zeros);
        low = zeros == 64 ? 0 : low << zeros;
    }
    const product whole(high, constants::pi_quarter_words[0]);
    const std::uint64_t one_cross = product(high, constants::pi_quarter_words[1]).high;
    const std::uint64_t cross = one_cross + product(low, constants::pi_quarter_words[0]).high;
    low = whole.low + cross;
    high = whole.high + (cross < one_cross ? 1 : 0) + (low < cross ? 1 : 0);

    // The product is in units of 2^(−127 − zeros): 53 bits of it each way. Integers below 2^53 convert exactly.
    const auto scaled = [&](std::uint64_t integer, std::uint64_t exponent) {
        const auto power = std::bit_cast<double>((1023 + exponent - 127 - zeros) << 52);
        const double magnitude = static_cast<double>(static_cast<std::int64_t>(integer)) * power;
        return negative ? -magnitude : magnitude;
    };
    return {quadrant, scaled(high >> 11, 75), scaled((high & 0x7ff) << 42 | low >> 22, 22)};
}

template <class Arch>
struct sine_and_cosine {
    xsimd::batch<double, Arch> sin;
    xsimd::batch<double, Arch> cos;
};

template <class Arch>
struct sine_and_cosine_pairs {
    double_pair<Arch> sin;
    double_pair<Arch> cos;
};

/// sincos before it is rounded, to 2^−56 or so.
template <class Arch>
[[nodiscard]] inline sine_and_cosine_pairs<Arch> sincos_pairs(const xsimd::batch<double, Arch>& x) noexcept {
    using batch = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;
    using constants = sincos_constants;
    constexpr std::uint64_t magnitude = ~std::uint64_t{0} >> 1;

    // 1.5 · 2^52 rounds to an integer and leaves it in the low bits of the sum.
    constexpr double to_integer = 0x1.8p52;
    const batch shifted = opaque(xsimd::fma(x, batch(constants::two_over_pi), batch(to_integer)));
    const batch n = opaque(shifted - batch(to_integer));
    bits quadrant = xsimd::bitwise_cast<std::uint64_t>(shifted);

    // Every product but the last is exact, and so is the first difference.
    const auto part = [&](std::size_t i) { return opaque(n * batch(-constants::pi_half[i])); };
    const batch first = opaque(x + part(0));
    const auto second = two_sum(first, part(1));
    const auto third = two_sum(second.high, part(2));
    const batch rest = opaque(opaque(third.low + second.low) + part(3));
    const batch r_sum = opaque(third.high + rest);
    batch r = r_sum;
    batch r_low = opaque(rest - opaque(r_sum - third.high));

    const auto large = (xsimd::bitwise_cast<std::uint64_t>(x) & bits(magnitude)) >
                       bits(std::bit_cast<std::uint64_t>(constants::largest_medium));
    if (xsimd::any(large)) {
        alignas(Arch::alignment()) std::array<std::uint64_t, batch::size> quadrants;
        alignas(Arch::alignment()) std::array<double, batch::size> xs, highs, lows;
        quadrant.store_aligned(quadrants.data());
        x.store_aligned(xs.data());
        r.store_aligned(highs.data());
        r_low.store_aligned(lows.data());
        for (std::size_t i = 0; i != batch::size; ++i) {
            if ((std::bit_cast<std::uint64_t>(xs[i]) & magnitude) <=
                std::bit_cast<std::uint64_t>(constants::largest_medium))
                continue;
            const quarter_turns reduced = reduce_large<Arch>(xs[i]);
            quadrants[i] = reduced.quadrant;
            highs[i] = reduced.high;
            lows[i] = reduced.low;
        }
        quadrant = bits::load_aligned(quadrants.data());
        r = batch::load_aligned(highs.data());
        r_low = batch::load_aligned(lows.data());
    }

    const auto polynomial = [](const auto& c, const batch& z) {
        batch p(c[std::size(c) - 1]);
        for (std::size_t i = std::size(c) - 1; i-- > 0;) p = xsimd::fma(p, z, batch(c[i]));
        return p;
    };
    const batch z = opaque(r * r);
    const batch half_z = opaque(z * batch(0.5));
    // sin(r + low) = sin(r) + low cos(r)
    const batch low_cosine = opaque(xsimd::fma(-half_z, r_low, r_low));
    const auto sine = fast_two_sum(r, opaque(xsimd::fma(opaque(z * r), polynomial(constants::sine, z), low_cosine)));
    // cos(r + low) = cos(r) − low r
    const batch main = opaque(batch(1.0) - half_z);
    const batch lost = opaque(opaque(batch(1.0) - main) - half_z);
    const batch high_terms = opaque(xsimd::fma(opaque(z * z), polynomial(constants::cosine, z), -opaque(r * r_low)));
    const auto cosine = fast_two_sum(main, opaque(lost + high_terms));

    // An odd quadrant exchanges the two. By masks: g++ 12 -O3 gets a pair of selects wrong that differ only in the order
    // of what they choose from.
    const bits odd = bits(0) - (quadrant & bits(1));
    const bits sine_sign = (quadrant & bits(2)) << 62;
    const bits cosine_sign = ((quadrant + bits(1)) & bits(2)) << 62;
    const auto turned = [&](const batch& of_sine, const batch& of_cosine) {
        const bits sine_bits = xsimd::bitwise_cast<std::uint64_t>(of_sine);
        const bits cosine_bits = xsimd::bitwise_cast<std::uint64_t>(of_cosine);
        const bits exchange = (sine_bits ^ cosine_bits) & odd;
        return sine_and_cosine<Arch>{xsimd::bitwise_cast<double>(sine_bits ^ exchange ^ sine_sign),
                                     xsimd::bitwise_cast<double>(cosine_bits ^ exchange ^ cosine_sign)};
    };
    const auto high = turned(sine.high, cosine.high);
    const auto low = turned(sine.low, cosine.low);
    return {{high.sin, low.sin}, {high.cos, low.cos}};
}

/// Sine and cosine of x, in radians. The value of a lane depends on that lane alone.
///
/// domain  all x; NaN for ±inf and NaN. cos(±0) = 1; a zero sine may have either sign
/// error   ≤ 0.85 ulp with FMA (worst seen 0.80 at sin(−0x1.a1aac19ba348ep+21)), ≤ 1.3 ulp without (1.23 at
///         cos(0x1.257295e52d57bp+267), -ffast-math); next to multiples of π/2 too
/// source  the kernels' compensated form: fdlibm, k_sin.c and k_cos.c. Rejected: xsimd::sincos, whose reduction is up to
///         25,000 ulp off next to multiples of π/2 and meaningless there under -ffast-math
template <class Arch>
[[nodiscard]] inline sine_and_cosine<Arch> sincos(const xsimd::batch<double, Arch>& x) noexcept {
    const auto pairs = sincos_pairs(x);
    return {pairs.sin.high, pairs.cos.high};
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
