// SPDX-License-Identifier: MIT
#pragma once

#include <summit/simd/xsimd.hpp>

#include <cstddef>
#include <vector>

namespace support {

/// Numbers that tell where they stood, as many as `count` elements `stride` apart and the neighbours of each take up.
inline std::vector<float> numbers(std::size_t count, std::size_t stride, std::size_t neighbours) {
    std::vector<float> all((count - 1) * stride + neighbours);
    for (std::size_t i = 0; i != all.size(); ++i) all[i] = static_cast<float>(i);
    return all;
}

/// Every so many of them, `count` in all.
inline std::vector<float> every(std::size_t stride, std::size_t first, std::size_t count) {
    std::vector<float> want;
    for (std::size_t i = 0; i != count; ++i) want.push_back(static_cast<float>(first + i * stride));
    return want;
}

template <class Arch>
std::vector<float> lanes_of(const xsimd::batch<float, Arch>& batch) {
    std::vector<float> lanes(batch.size);
    batch.store_unaligned(lanes.data());
    return lanes;
}

} // namespace support
