// SPDX-License-Identifier: MIT
#include <summit/op/doubt.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

TEMPLATE_TEST_CASE("logs near 0 are doubted and no others, each in its own lane", "[doubt]", float, double) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        using limits = std::numeric_limits<TestType>;
        using batch = xsimd::batch<TestType, Arch>;
        struct known {
            TestType log;
            bool doubted;
        };
        // A number of them that shares no factor with the lanes.
        const std::array<known, 15> all = {{{0, true},
                                            {TestType(-0.0), true},
                                            {limits::denorm_min(), true},
                                            {TestType(0.4999), true},
                                            {TestType(-0.4999), true},
                                            {TestType(0.5), false},
                                            {TestType(-0.5), false},
                                            {TestType(7), false},
                                            {TestType(-39.9), false},
                                            {40, false},
                                            {-40, false},
                                            {limits::max(), false},
                                            {limits::infinity(), false},
                                            {-limits::infinity(), false},
                                            {limits::quiet_NaN(), false}}};
        const summit::op::doubt<TestType, Arch> doubt(TestType(0.5));
        for (std::size_t first = 0; first != all.size(); ++first) {
            std::array<TestType, batch::size> logs;
            std::uint64_t want = 0;
            for (std::size_t i = 0; i != batch::size; ++i) {
                logs[i] = all[(first + i) % all.size()].log;
                want |= std::uint64_t(all[(first + i) % all.size()].doubted) << i;
            }
            CAPTURE(Arch::name(), first);
            CHECK(doubt(batch::load_unaligned(logs.data())) == want);
        }
    });
}
