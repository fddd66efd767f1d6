// SPDX-License-Identifier: MIT
#pragma once

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace support {

inline constexpr std::size_t floats_at_once = 4096;
using some_floats = std::array<float, floats_at_once>;

/// Calls judge(x, worst) for every float, neighbours together (some of them, see thinning), on two threads. What was seen
/// of one sign is shown to what was seen of the other.
template <class Seen = worst_case<float>, class Judge>
Seen for_every_float(Judge judge) {
    // Of one sign, from 0 through the infinities to the last NaN.
    constexpr std::uint64_t calls = (std::uint64_t(1) << 31) / floats_at_once;
    Seen seen[2];
    const auto of_sign = [&](std::uint32_t sign) {
        for (std::uint64_t i = 0; i < calls; i += thinning) {
            some_floats x;
            for (std::size_t k = 0; k != floats_at_once; ++k)
                x[k] = from_bits<float>((sign << 31) | static_cast<std::uint32_t>(i * floats_at_once + k));
            judge(x, seen[sign]);
        }
    };
    std::thread other(of_sign, 1U);
    of_sign(0);
    other.join();
    seen[0].see(seen[1]);
    return seen[0];
}

/// Where one of the functions, batches to batches, does not come out alike for a float on all architectures with FMA:
/// the error is 1 there. What leaves the range of a direct sum need only do that, and one NaN is as good as another.
template <class... F>
worst_case<float> where_architectures_differ(F... functions) {
    return for_every_float([=](const some_floats& x, worst_case<float>& seen) {
        const auto compare = [&](const auto& f) {
            bool is_first = true;
            some_floats want;
            for_each_architecture<fused_architectures>([&](auto arch) {
                some_floats got;
                map<decltype(arch)>(x, got, f);
                if (is_first) want = got;
                is_first = false;
                const auto kind = [](float value) { return std::min(to_bits(value), to_bits(0x1p127f)); };
                // First without a branch, in vectors.
                std::uint32_t unlike = 0;
                for (std::size_t i = 0; i != floats_at_once; ++i) unlike |= kind(got[i]) ^ kind(want[i]);
                if (unlike == 0) return;
                for (std::size_t i = 0; i != floats_at_once; ++i)
                    if (kind(got[i]) != kind(want[i])) seen.see(1.0, x[i]);
            });
        };
        (compare(functions), ...);
    });
}

} // namespace support
