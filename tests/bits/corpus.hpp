// SPDX-License-Identifier: MIT
#pragma once

#include <summit/dtype.hpp>
#include <summit/view.hpp>

#include <bit>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

/// Elements that are the same on every platform: drawn as integers, and brought to their type by one exact step and at
/// most one rounding. A sum or a product of doubles here could be fused on one platform and not on the next.
namespace corpus {

/// source   G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014: SplitMix64
class random_integers {
public:
    explicit random_integers(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t bits() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
    [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low)));
    }

private:
    std::uint64_t state_;
};

/// What the elements are like.
enum class kind {
    uniform,    ///< [−10, 10)
    far_above,  ///< near 10000
    far_below,  ///< near −10000
    normalised, ///< log-probabilities: results near 0
    peaked,     ///< about one 0, or a number next to it, a result; the others far below
    special,    ///< NaN, infinities, zeros, the largest and the smallest among the uniform
    wide,       ///< ±2^−120 … ±2^120
    subnormal,
    high,     ///< where exp overflows
    low,      ///< where exp becomes subnormal
    any_bits, ///< but few NaN
};

inline constexpr kind every_kind[] = {kind::uniform, kind::far_above, kind::far_below, kind::normalised,
                                      kind::peaked,  kind::special,   kind::wide,      kind::subnormal,
                                      kind::high,    kind::low,       kind::any_bits};
inline constexpr const char* names[] = {"uniform", "far above", "far below", "normalised", "peaked",  "special",
                                        "wide",    "subnormal", "high",      "low",        "any bits"};

template <class T>
using bits_of =
    std::conditional_t<sizeof(T) == 2, std::uint16_t, std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;

/// A floating-point format by its bits.
template <class T>
struct format {
    using bits = bits_of<T>;
    static constexpr int fraction_bits = sizeof(T) == 8 ? 52 : sizeof(T) == 4 ? 23 : summit::float16_like<T> ? 10 : 7;
    static constexpr bits sign = static_cast<bits>(bits{1} << (8 * sizeof(T) - 1));
    static constexpr bits fraction = static_cast<bits>((bits{1} << fraction_bits) - 1);
    static constexpr bits infinity = static_cast<bits>(~(sign | fraction));

    static constexpr bool is_nan(bits x) { return static_cast<bits>(x & ~sign) > infinity; }
};

/// numerator · 2^−places, for numerators below 2^53.
inline double fixed_point(std::int64_t numerator, int places) {
    return std::ldexp(static_cast<double>(numerator), -places);
}

/// log(n) · 2^48, to 2^−24 or so: squaring doubles a logarithm, so each carry past 2 is its next binary digit.
inline std::int64_t fixed_log(std::uint64_t n) {
    const int whole = static_cast<int>(std::bit_width(n)) - 1;
    std::uint64_t mantissa = n << (31 - whole);
    auto log2 = static_cast<std::uint64_t>(whole);
    for (int digit = 0; digit != 26; ++digit) {
        mantissa = mantissa * mantissa >> 31;
        const std::uint64_t carry = mantissa >> 32;
        mantissa >>= carry;
        log2 = log2 << 1 | carry;
    }
    constexpr std::uint64_t ln2 = 0x2c5c8600; // · 2^30
    return static_cast<std::int64_t>(log2 * ln2 >> 8);
}

template <class T>
T floating_element(kind k, std::uint64_t terms, random_integers& random) {
    using form = format<T>;
    using bits = typename form::bits;
    constexpr bool is_double = sizeof(T) == 8;
    constexpr std::int64_t one = std::int64_t{1} << 48;
    const auto uniform = [&] { return static_cast<T>(fixed_point(random.between(-10 * one, 10 * one), 48)); };
    const auto around = [&](std::int64_t at, std::int64_t reach) {
        constexpr std::int64_t unit = std::int64_t{1} << 38;
        return static_cast<T>(fixed_point(at * unit + random.between(-reach * unit, reach * unit), 38));
    };
    switch (k) {
    case kind::far_above:
        return around(10000, 12);
    case kind::far_below:
        return around(-10000, 12);
    case kind::normalised:
        return static_cast<T>(fixed_point(random.between(-one / 64, one / 64) - fixed_log(terms), 48));
    case kind::peaked:
        if (random.one_in(terms)) return static_cast<T>(random.one_in(2) ? 0.0 : -0x1p-45);
        return around(-40, 20);
    case kind::special: {
        if (!random.one_in(16)) return uniform();
        constexpr bits some[] = {form::infinity,
                                 static_cast<bits>(form::infinity | form::sign),
                                 static_cast<bits>(form::infinity | form::sign),
                                 static_cast<bits>(form::infinity - 1),
                                 static_cast<bits>((form::infinity - 1) | form::sign),
                                 0,
                                 form::sign,
                                 1,
                                 form::fraction,
                                 static_cast<bits>(form::infinity + form::fraction / 2 + 1)};
        return std::bit_cast<T>(some[random.below(std::size(some))]);
    }
    case kind::wide: {
        const auto exponent = static_cast<std::uint64_t>(random.between(1023 - 120, 1023 + 120));
        const std::uint64_t x = random.bits();
        return static_cast<T>(std::bit_cast<double>((x & ~(std::uint64_t{0x7ff} << 52)) | exponent << 52));
    }
    case kind::subnormal:
        return std::bit_cast<T>(static_cast<bits>(random.bits() & (form::sign | form::fraction)));
    case kind::high:
        return is_double ? around(706, 8) : around(86, 8);
    case kind::low:
        return is_double ? around(-720, 30) : around(-90, 16);
    case kind::any_bits: {
        auto x = static_cast<bits>(random.bits());
        if (form::is_nan(x) && !random.one_in(256)) x = static_cast<bits>(x & (form::sign | form::fraction));
        return std::bit_cast<T>(x);
    }
    case kind::uniform:
        break;
    }
    return uniform();
}

template <class T>
T integer_element(kind k, random_integers& random) {
    using limits = std::numeric_limits<T>;
    switch (k) {
    case kind::special: {
        constexpr T some[] = {limits::min(), limits::max(), T(0), T(1)};
        return some[random.below(std::size(some))];
    }
    case kind::any_bits:
        return static_cast<T>(std::same_as<T, bool> ? random.one_in(64) : random.bits());
    default:
        return static_cast<T>(std::same_as<T, bool> ? random.bits() & 1
                                                    : random.below(40) - (limits::is_signed ? 20 : 0));
    }
}

template <class T>
constexpr bool has_kind(kind k) {
    if constexpr (std::integral<T>) return k == kind::uniform || k == kind::special || k == kind::any_bits;
    return true;
}

/// Fills `elements`, of which every `terms` make a result.
template <class T>
void fill(kind k, std::uint64_t terms, std::span<T> elements) {
    random_integers random(static_cast<std::uint64_t>(k) * 1000003 + terms);
    for (T& x : elements) {
        if constexpr (std::integral<T>) {
            x = integer_element<T>(k, random);
        } else if constexpr (summit::complex_element<T>) {
            using part = typename T::value_type;
            const part re = floating_element<part>(k, terms, random);
            const bool is_plain = k != kind::special && k != kind::wide && k != kind::any_bits;
            x = {re, floating_element<part>(is_plain ? kind::uniform : k, terms, random)};
        } else {
            x = floating_element<T>(k, terms, random);
        }
    }
}

/// Elements at a shape and strides, in memory of their span.
template <class T>
class storage {
public:
    storage(const summit::index_list& shape, const summit::index_list& strides) : shape_(shape), strides_(strides) {
        std::ptrdiff_t last = 0;
        for (std::size_t i = 0; i != shape.size(); ++i) {
            if (shape[i] == 0) return;
            (strides[i] < 0 ? first_ : last) += (shape[i] - 1) * std::abs(strides[i]);
        }
        size_ = static_cast<std::size_t>(first_ + last + 1);
        elements_ = std::make_unique<T[]>(size_);
    }

    [[nodiscard]] std::span<T> all() { return {elements_.get(), size_}; }
    [[nodiscard]] summit::view<const T> view() const { return {elements_.get() + first_, shape_, strides_}; }

private:
    summit::index_list shape_;
    summit::index_list strides_;
    std::ptrdiff_t first_ = 0;
    std::size_t size_ = 0;
    std::unique_ptr<T[]> elements_;
};

/// FNV-1a over the bits of results; every NaN counts as the same.
template <class T>
std::uint64_t hash(std::span<const T> results) {
    std::uint64_t h = 0xcbf29ce484222325U;
    const auto add = [&]<class P>(P part) {
        auto bits = std::bit_cast<bits_of<P>>(part);
        if (format<P>::is_nan(bits)) bits = static_cast<bits_of<P>>(format<P>::infinity + 1);
        for (std::size_t byte = 0; byte != sizeof bits; ++byte) h = (h ^ (bits >> (8 * byte) & 0xff)) * 0x100000001b3U;
    };
    for (const T& result : results) {
        if constexpr (summit::complex_element<T>) {
            add(result.real());
            add(result.imag());
        } else {
            add(result);
        }
    }
    return h;
}

} // namespace corpus
