// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/simd/xsimd.hpp>

#include <bit>
#include <cstdint>
#include <limits>

namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET {

/// Tells which logs of sums are not to be trusted, a bit for each: those nearer 0 than `least`.
template <class T, class Arch>
class doubt {
    using number = xsimd::as_unsigned_integer_t<T>;
    using bits = xsimd::batch<number, Arch>;

public:
    explicit doubt(T least) noexcept : least_(std::bit_cast<number>(least)) {}

    [[nodiscard, gnu::always_inline]] std::uint64_t operator()(const xsimd::batch<T, Arch>& log) const noexcept {
        const bits magnitude = xsimd::bitwise_cast<number>(log) & bits(std::numeric_limits<number>::max() >> 1);
        return (magnitude < least_).mask();
    }

private:
    bits least_;
};

} // namespace summit::inline version0::op::inline SUMMIT_INSTRUCTION_SET
