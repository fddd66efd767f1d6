// SPDX-License-Identifier: MIT
#pragma once

#include <summit/op/direct_sum.hpp>
#include <summit/simd/xsimd.hpp>

#include <cmath>

namespace support {

/// The log that a direct sum computed in C, relative to 2^k, stands for, from the two parts of its total. Terms are stretched a
/// little, which the log is put right for; their mean argument lies half of `log_terms` below it.
template <class C, class Arch>
[[nodiscard]] long double log_of_total(double high, double low, double log_terms, C k = C(0)) {
    using wide = xsimd::batch<double, Arch>;
    using direct = summit::op::direct_sum<C>;
    const auto sum = direct::template stretched<Arch>({wide(high), wide(low)});
    const long double log =
        std::log(static_cast<long double>(sum.high.get(0)) + static_cast<long double>(sum.low.get(0))) +
        static_cast<long double>(k) * 0x1.62e42fefa39ef35793c8p-1L;
    if constexpr (sizeof(C) == sizeof(double)) return log;
    const auto near = static_cast<double>(log);
    // What a double lacks is put back, as it is no more than that.
    return static_cast<long double>(direct::unstretched(wide(near), log_terms).get(0)) +
           (log - static_cast<long double>(near));
}

} // namespace support
