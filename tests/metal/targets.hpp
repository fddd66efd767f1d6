// SPDX-License-Identifier: MIT
#pragma once

#include "judge.hpp"

#include <tuple>

namespace metal_tests {

/// One test body, two back ends: every type that Metal takes, on each.
template <class... T>
using on_both = std::tuple<target<summit::device::cpu, T>..., target<summit::device::metal, T>...>;

#if defined(METAL_TESTS_OF_FEWER_TYPES)
// For the sanitisers, which do not look at numbers: on the processor the other tests have run.
using float_target = std::tuple<target<summit::device::metal, float>>;
using float_targets = std::tuple<target<summit::device::metal, float>, target<summit::device::metal, summit::bfloat16>>;
using all_targets = std::tuple<target<summit::device::metal, float>, target<summit::device::metal, std::int8_t>>;
#else
using float_target = on_both<float>;
using float_targets = on_both<float, summit::float16, summit::bfloat16>;
using all_targets = on_both<float, summit::float16, summit::bfloat16, std::int8_t, std::int16_t, std::int32_t,
                            std::int64_t, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>;
#endif

} // namespace metal_tests
