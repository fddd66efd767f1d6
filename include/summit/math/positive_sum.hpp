// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/math/running_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET {

inline constexpr double positive_sum_unit = 0x1p896;

/// From a float's fraction and exponent to a double's.
inline constexpr int positive_sum_places = 29;

/// The lower half of each lane, positive_sum_places up.
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<std::uint64_t, Arch>
lower_halves_moved(const simd::common&, const xsimd::batch<std::uint64_t, Arch>& x) noexcept {
    return (x & xsimd::batch<std::uint64_t, Arch>(0xffffffffU)) << positive_sum_places;
}

#if XSIMD_WITH_AVX512F
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<std::uint64_t, Arch>
lower_halves_moved(const xsimd::avx512f&, const xsimd::batch<std::uint64_t, Arch>& x) noexcept {
    return _mm512_mul_epu32(x, _mm512_set1_epi64(std::int64_t(1) << positive_sum_places));
}
#endif

/// A sum in double of many positive normal floats per lane, in units of positive_sum_unit.
///
/// A float's bits, moved 29 places up in a lane of 64, are a double with the same fraction and exponent field: the number
/// times 2^(127 − 1023). Two operations a vector of doubles where a conversion is three, and the same on every
/// architecture. An infinity, a NaN or a negative number comes out as 2^128 or more, in those units: no comparison has to
/// look for them. Four floats meet as two pairs before they move on, so each meets two roundings in float, however many
/// there are.
template <class Arch>
class positive_sum {
    using batch = xsimd::batch<float, Arch>;
    using wide = xsimd::batch<double, Arch>;
    using bits = xsimd::batch<std::uint64_t, Arch>;

public:
    /// Up to four floats on their way to the sum, one at a time.
    class group {
    public:
        [[gnu::always_inline]] void add(const batch& term) noexcept {
            if (count_++ < 2)
                first_ = opaque(first_ + term);
            else
                second_ = opaque(second_ + term);
        }
        [[nodiscard]] batch total() const noexcept { return opaque(first_ + second_); }

    private:
        int count_ = 0;
        batch first_{0.0F};
        batch second_{0.0F};
    };

    [[gnu::always_inline]] void add(const group& terms) noexcept { add(terms.total()); }
    [[gnu::always_inline]] void add(const batch& a) noexcept {
        const bits x = xsimd::bitwise_cast<std::uint64_t>(a);
        even = even + xsimd::bitwise_cast<double>(lower_halves_moved<Arch>(Arch{}, x));
        odd = odd + xsimd::bitwise_cast<double>((x >> 3) & bits(~std::uint64_t(0) << positive_sum_places));
    }
    template <std::same_as<batch>... Terms>
        requires(sizeof...(Terms) > 1)
    [[gnu::always_inline]] void add(const Terms&... terms) noexcept { add(rounded_sum(terms...)); }

    wide even; ///< of lanes 0, 2, 4, …
    wide odd;  ///< of lanes 1, 3, 5, …
};

/// The lanes of a sum in the order of the terms' lanes.
template <class Arch>
inline void store(const positive_sum<Arch>& sum, double* high, double* low) noexcept {
    using wide = xsimd::batch<double, Arch>;
    xsimd::zip_lo(sum.even, sum.odd).store_unaligned(high);
    xsimd::zip_hi(sum.even, sum.odd).store_unaligned(high + wide::size);
    wide(0.0).store_unaligned(low);
    wide(0.0).store_unaligned(low + wide::size);
}

/// The same, in the same units, of a sum of positive floats.
template <class Arch>
inline void store(const plain_sum<float, Arch>& sum, double* high, double* low) noexcept {
    positive_sum<Arch> total{};
    total.add(sum.total());
    store(total, high, low);
}

} // namespace summit::inline version0::math::inline SUMMIT_INSTRUCTION_SET
