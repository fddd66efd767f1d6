// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/dtype.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <climits>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// log Σ exp(x) to 100 bits and more, in integers throughout: no compiler flag, no flush to zero and no platform's long
// double changes what it says. Rejected: long double (64 bits are noise where 1e−9 is what remains of two numbers near 1,
// and -ffast-math replaces its functions), __float128 (g++ alone), MPFR (one more thing to install, and much slower;
// tests/accuracy/oracle.cpp checks the oracle against it where it is installed).
namespace support {

__extension__ typedef unsigned __int128 uint128;

/// Where an element type keeps its sign, exponent and significand.
template <class T>
struct binary_format {
    using bits = std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                    std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;
    static constexpr int width = static_cast<int>(sizeof(T)) * CHAR_BIT;
    /// Of the significand, the first one included, which is not stored.
    static constexpr int digits = []() -> int {
        if constexpr (std::numeric_limits<T>::is_specialized)
            return std::numeric_limits<T>::digits;
        else // a storage type of 16 bits: 0x3c01 is 1 + 2^−10 or something small
            return static_cast<float>(std::bit_cast<T>(std::uint16_t{0x3c01})) > 1.0F ? 11 : 8;
    }();
    static constexpr int exponent_bits = width - digits;
    static constexpr int bias = (1 << (exponent_bits - 1)) - 1;
    static constexpr int smallest_exponent = 1 - bias; ///< of a normal number
    static constexpr int largest_exponent = bias;
    static constexpr bits sign = static_cast<bits>(bits{1} << (width - 1));
    static constexpr bits infinity = static_cast<bits>(((bits{1} << exponent_bits) - 1) << (digits - 1));
    static constexpr bits quiet_nan = static_cast<bits>(infinity | (bits{1} << (digits - 2)));
    static constexpr bits smallest_normal = static_cast<bits>(bits{1} << (digits - 1));

    [[nodiscard]] static constexpr bits of(T x) noexcept { return std::bit_cast<bits>(x); }
    [[nodiscard]] static constexpr T from(bits b) noexcept { return std::bit_cast<T>(b); }
    [[nodiscard]] static constexpr bits magnitude(T x) noexcept { return static_cast<bits>(of(x) & (sign - 1)); }
    [[nodiscard]] static constexpr bool is_negative(T x) noexcept { return (of(x) & sign) != 0; }
    [[nodiscard]] static constexpr bool is_nan(T x) noexcept { return magnitude(x) > infinity; }
    [[nodiscard]] static constexpr bool is_infinite(T x) noexcept { return magnitude(x) == infinity; }
    [[nodiscard]] static constexpr bool is_subnormal(T x) noexcept {
        return magnitude(x) != 0 && magnitude(x) < smallest_normal;
    }
};

/// A real number: ± mantissa · 2^exponent, mantissa 0 or with its first bit set. Operations lose a few units of the last
/// of 128 bits; sums of two elements of neighbouring size lose nothing.
struct real {
    bool negative = false;
    uint128 mantissa = 0;
    int exponent = 0;

    [[nodiscard]] static constexpr real normalised(bool negative, uint128 mantissa, int exponent) noexcept {
        if (mantissa == 0) return {};
        const auto high = static_cast<std::uint64_t>(mantissa >> 64);
        const int zeros =
            high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(mantissa));
        return {negative, mantissa << zeros, exponent - zeros};
    }

    [[nodiscard]] constexpr bool is_zero() const noexcept { return mantissa == 0; }
    /// floor(log2 |x|), x ≠ 0.
    [[nodiscard]] constexpr int magnitude() const noexcept { return exponent + 127; }
    [[nodiscard]] constexpr real operator-() const noexcept { return {!negative, mantissa, exponent}; }
    [[nodiscard]] constexpr real absolute() const noexcept { return {false, mantissa, exponent}; }

    [[nodiscard]] friend constexpr real operator+(real a, real b) noexcept {
        if (a.is_zero()) return b;
        if (b.is_zero()) return a;
        if (a.exponent < b.exponent) std::swap(a, b);
        const int shift = a.exponent - b.exponent;
        if (shift > 126) return a;
        // One bit of room above for the carry.
        const uint128 larger = a.mantissa >> 1;
        const uint128 smaller = b.mantissa >> (shift + 1);
        if (a.negative == b.negative) return normalised(a.negative, larger + smaller, a.exponent + 1);
        if (larger >= smaller) return normalised(a.negative, larger - smaller, a.exponent + 1);
        return normalised(b.negative, smaller - larger, a.exponent + 1);
    }
    [[nodiscard]] friend constexpr real operator-(real a, real b) noexcept { return a + -b; }
    [[nodiscard]] friend constexpr real operator*(real a, real b) noexcept {
        return normalised(a.negative != b.negative, multiply_high(a.mantissa, b.mantissa),
                          a.exponent + b.exponent + 128);
    }
    [[nodiscard]] friend constexpr bool operator<(const real& a, const real& b) noexcept {
        const real difference = a - b;
        return difference.negative && !difference.is_zero();
    }

    /// The upper half of the 256-bit product.
    [[nodiscard]] static constexpr uint128 multiply_high(uint128 a, uint128 b) noexcept {
        constexpr uint128 low = ~std::uint64_t{0};
        const uint128 middle = (a >> 64) * (b & low) + (((a & low) * (b & low)) >> 64);
        const uint128 other = (a & low) * (b >> 64) + (middle & low);
        return (a >> 64) * (b >> 64) + (middle >> 64) + (other >> 64);
    }

    /// The value of an element; of an integer or a bool, as the float that it is promoted to.
    template <class T>
    [[nodiscard]] static constexpr real of(T x) noexcept {
        if constexpr (std::integral<T>) {
            return of(static_cast<float>(x));
        } else {
            using format = binary_format<T>;
            const auto magnitude = format::magnitude(x);
            const int field = static_cast<int>(magnitude >> (format::digits - 1));
            constexpr auto fraction = static_cast<uint128>(format::smallest_normal - 1);
            const uint128 significand = (magnitude & fraction) + (field == 0 ? uint128{0} : fraction + 1);
            return normalised(format::is_negative(x), significand,
                              std::max(field, 1) - format::bias - (format::digits - 1));
        }
    }

    /// This number · 2^−scale, where a double holds it, to 53 bits.
    [[nodiscard]] double scaled(int scale) const noexcept {
        const int biased = magnitude() - scale + 1023;
        if (is_zero() || biased <= 0) return 0.0;
        if (biased >= 2047) return negative ? -1e300 : 1e300;
        const auto fraction = static_cast<std::uint64_t>(mantissa >> 75) & ((std::uint64_t{1} << 52) - 1);
        return std::bit_cast<double>((negative ? std::uint64_t{1} << 63 : 0) |
                                     static_cast<std::uint64_t>(biased) << 52 | fraction);
    }
    [[nodiscard]] double to_double() const noexcept { return scaled(0); }

    /// log(1 + x), x ≥ 0, to 100 bits of the result.
    [[nodiscard]] static real log1p(real x) noexcept;
};

/// Numbers in [0, 2) times 2^127.
class fixed_point {
public:
    static constexpr uint128 one = uint128{1} << 127;
    static constexpr uint128 ln2 = ((uint128{0xb17217f7d1cf79ab} << 64) | 0xc9e3b39803f2f6af) >> 1;

    [[nodiscard]] static constexpr uint128 multiply(uint128 a, uint128 b) noexcept {
        return real::multiply_high(a, b) << 1;
    }

    /// x = k · log 2 + rest with 0 ≤ rest < log 2, x ≥ 0 in 2^−places, 128 − places bits of it before the point.
    struct reduced {
        int k;
        uint128 rest;
    };
    [[nodiscard]] static constexpr reduced reduce(uint128 x, int places) noexcept {
        // Of the upper halves k comes out right or 1 too large. A division of 128 bits takes as long as the rest of a term.
        const auto high = static_cast<std::uint64_t>(x >> 64);
        auto k = static_cast<int>(high / static_cast<std::uint64_t>(ln2 >> (64 + 127 - places)));
        // Modulo 2^128, as k · log 2 has more bits than fit beside the integer part.
        uint128 rest = (x << (127 - places)) - static_cast<uint128>(k) * ln2;
        if (rest >> 127 != 0) {
            --k;
            rest += ln2;
        }
        return {k, rest};
    }

    /// exp(−t), 0 ≤ t < 1, by its series: as many terms as 127 bits need.
    [[nodiscard]] static constexpr uint128 exp_series(uint128 t, unsigned terms) noexcept {
        uint128 sum = one;
        for (unsigned k = terms; k != 0; --k) sum = one - multiply(multiply(t, reciprocals[k]), sum);
        return sum;
    }

    /// exp(−t), 0 ≤ t < 1: three factors from tables, the rest from the series.
    [[nodiscard]] static uint128 exp_of_minus(uint128 t) noexcept {
        const tables& table = tables::instance();
        const uint128 rest = t & ((uint128{1} << 103) - 1); // below 2^−24
        uint128 product = multiply(table.factor[0][index(t, 0)], table.factor[1][index(t, 1)]);
        product = multiply(product, table.factor[2][index(t, 2)]);
        return multiply(product, exp_series(rest, 5));
    }

private:
    /// 1 / k.
    static constexpr std::array<uint128, 41> reciprocals = [] {
        std::array<uint128, 41> all{};
        for (unsigned k = 1; k != all.size(); ++k) all[k] = one / k;
        return all;
    }();

    struct tables {
        std::array<std::array<uint128, 256>, 3> factor;

        tables() noexcept {
            for (unsigned level = 0; level != 3; ++level)
                for (unsigned i = 0; i != 256; ++i)
                    factor[level][i] = exp_series(uint128{i} << (119 - 8 * level), level == 0 ? 40 : 18);
        }
        [[nodiscard]] static const tables& instance() noexcept {
            static const tables made;
            return made;
        }
    };

    [[nodiscard]] static constexpr std::size_t index(uint128 t, unsigned level) noexcept {
        return static_cast<std::size_t>(t >> (119 - 8 * level)) & 255;
    }
};

inline real real::log1p(real x) noexcept {
    if (x.is_zero()) return x;
    if (x.magnitude() < -16) {
        // x − x²/2 + x³/3 − …, as many terms as 110 bits need.
        real power = x;
        real sum = x;
        for (unsigned k = 2; k <= 8; ++k) {
            power = power * -x;
            sum = sum + normalised(power.negative, power.mantissa / k, power.exponent);
        }
        return sum;
    }
    // Squaring m doubles log2 m: each squaring yields one bit of it.
    const real whole = x + normalised(false, 1, 0);
    constexpr int point = 120;
    uint128 log2 = static_cast<uint128>(whole.magnitude()) << point;
    uint128 m = whole.mantissa;
    for (int bit = point - 1; bit >= 0; --bit) {
        m = multiply_high(m, m);
        if (m >> 127 != 0)
            log2 |= uint128{1} << bit;
        else
            m <<= 1;
    }
    // Adding half of its last bit halves the error of cutting log2 off there.
    const real logarithm = normalised(false, log2, -point) + normalised(false, 1, -point - 1);
    return logarithm * normalised(false, (fixed_point::ln2 << 1) | 1, -128);
}

/// What a reduction should return.
struct exact_result {
    enum class kind { number, not_a_number, plus_infinity, minus_infinity };
    kind is = kind::number;
    real value; ///< of a number

    /// How far `got` is from this, in units in the last place of Result at this value, or at 1 if that is larger and
    /// `from_one`; 0 for a special value where it belongs, 1e30 for one missing or out of place.
    template <class Result>
    [[nodiscard]] double error(Result got, bool from_one = false) const noexcept {
        using format = binary_format<Result>;
        constexpr double out_of_place = 1e30;
        switch (is) {
        case kind::not_a_number:
            return format::is_nan(got) ? 0.0 : out_of_place;
        case kind::plus_infinity:
            return format::of(got) == format::infinity ? 0.0 : out_of_place;
        case kind::minus_infinity:
            return format::of(got) == (format::infinity | format::sign) ? 0.0 : out_of_place;
        case kind::number:
            break;
        }
        if (format::is_nan(got)) return out_of_place;
        const int at =
            std::max(value.is_zero() ? INT_MIN : value.magnitude(), from_one ? 0 : format::smallest_exponent);
        // Infinity is what follows the largest number, for values that lie beyond that.
        if (format::is_infinite(got) && !(real::of(format::from(format::infinity - 1)) < value.absolute()))
            return out_of_place;
        const int unit = std::min(at, format::largest_exponent) - (format::digits - 1);
        return (real::of(got) - value).absolute().scaled(unit);
    }
};

/// log Σ count · exp(value); `counts` may be left out where all are 1.
template <class T>
[[nodiscard]] exact_result exact_log_sum_exp(std::span<const T> values, std::span<const std::uint64_t> counts = {}) {
    using kind = exact_result::kind;
    constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
    const auto count_of = [&](std::size_t i) { return counts.empty() ? std::uint64_t{1} : counts[i]; };

    // The maximum is one term apart from all others, so that where it is 0 the rest keeps all of its digits.
    std::size_t top = none;
    bool infinite = false;
    const auto is_finite = [&](std::size_t i) {
        if constexpr (std::integral<T>)
            return true;
        else
            return binary_format<T>::magnitude(values[i]) < binary_format<T>::infinity;
    };
    const auto key = [&](std::size_t i) { // ordered as the values are
        if constexpr (std::integral<T>) {
            return values[i];
        } else {
            using format = binary_format<T>;
            const auto bits = static_cast<std::int64_t>(format::magnitude(values[i]));
            return format::is_negative(values[i]) ? -bits : bits;
        }
    };
    for (std::size_t i = 0; i != values.size(); ++i) {
        if (count_of(i) == 0) continue;
        if constexpr (!std::integral<T>) {
            if (binary_format<T>::is_nan(values[i])) return {kind::not_a_number, {}};
            infinite = infinite || binary_format<T>::of(values[i]) == binary_format<T>::infinity;
        }
        if (is_finite(i) && (top == none || key(i) > key(top))) top = i;
    }
    if (infinite) return {kind::plus_infinity, {}};
    if (top == none) return {kind::minus_infinity, {}};

    std::size_t second = count_of(top) > 1 ? top : none;
    for (std::size_t i = 0; i != values.size(); ++i)
        if (i != top && count_of(i) != 0 && is_finite(i) && (second == none || key(i) > key(second))) second = i;
    const real max = real::of(values[top]);
    if (second == none) return {kind::number, max};

    // rest = Σ exp(x − reference) over all but one maximum: an integer part and 2^−127ths.
    const real reference = real::of(values[second]);
    uint128 whole = 0;
    uint128 fraction = 0;
    for (std::size_t i = 0; i != values.size(); ++i) {
        const std::uint64_t count = count_of(i) - (i == top ? 1 : 0);
        if (count == 0 || !is_finite(i)) continue;
        const real distance = reference - real::of(values[i]);
        uint128 term = fixed_point::one;
        if (!distance.is_zero()) {
            if (distance.magnitude() >= 7) continue; // below e^−128
            // In 2^−121ths; then exp(−distance) = 2^−k exp(−r).
            const int shift = -121 - distance.exponent;
            const uint128 fixed = shift > 127 ? 0 : distance.mantissa >> shift;
            const auto [k, r] = fixed_point::reduce(fixed, 121);
            if (k > 127) continue;
            term = fixed_point::exp_of_minus(r) >> k;
        }
        const uint128 low = (term & ~std::uint64_t{0}) * count;
        const uint128 high = (term >> 64) * count + (low >> 64);
        fraction += (high & (~std::uint64_t{0} >> 1)) << 64 | (low & ~std::uint64_t{0});
        whole += (high >> 63) + (fraction >> 127);
        fraction &= fixed_point::one - 1;
    }
    real rest = real::normalised(false, whole, 0) + real::normalised(false, fraction, -127);

    // rest · exp(reference − max)
    const real drop = max - reference;
    if (!drop.is_zero()) {
        // Further down a double has no bits left for the term, or for anything it could be added to.
        if (drop.magnitude() >= 13) return {kind::number, max};
        const int shift = -115 - drop.exponent; // in 2^−115ths, up to 2^13
        const uint128 fixed = shift > 127 ? 0 : drop.mantissa >> shift;
        const auto [k, r] = fixed_point::reduce(fixed, 115);
        rest = rest * real::normalised(false, fixed_point::exp_of_minus(r), -127 - k);
    }
    return {kind::number, max + real::log1p(rest)};
}

} // namespace support
