// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/math/opaque.hpp>
#include <summit/simd/xsimd.hpp>

#include <limits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// How the k is chosen of 2^k, the reference that a result's terms are summed relative to, from the largest term among a few.
template <class T>
struct reference_rule {
    T near_zero; ///< k is 0 where that term is no further from 0 than this
    T farthest; ///< it is 0, too, where that term is further from 0: no k reaches it that a number of type T rounds with
    /// How far 2^k lies above that term, in powers of two: the more, the further above it the maximum of all may be, and the
    /// smaller the sum.
    T lead;
    T reach; ///< a sum of terms up to 2^(k + reach) each does not overflow, however many there are of them

    /// Of an infinity and of NaN it is 0.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] xsimd::batch<T, Arch>
    exponent(const xsimd::batch<T, Arch>& largest) const noexcept {
        return exponent_where(xsimd::abs(largest) > xsimd::batch<T, Arch>(near_zero), largest);
    }

    /// The same where something else tells which ones are not near 0.
    template <class Arch>
    [[nodiscard, gnu::always_inline]] xsimd::batch<T, Arch>
    exponent_where(const xsimd::batch_bool<T, Arch>& is_outside, const xsimd::batch<T, Arch>& largest) const noexcept {
        using batch = xsimd::batch<T, Arch>;
        constexpr T to_integer = T(3) / (2 * std::numeric_limits<T>::epsilon());
        const batch n = math::rounded_difference(
            math::opaque(xsimd::fma(largest, batch(T(0x1.71547652b82fep0)), batch(to_integer))), batch(to_integer));
        return xsimd::select(is_outside & (xsimd::abs(largest) <= batch(farthest)), n + batch(lead), batch(T(0)));
    }
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
