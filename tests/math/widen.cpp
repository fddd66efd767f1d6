// SPDX-License-Identifier: MIT
#include <summit/math/widen.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <limits>

TEST_CASE("widening keeps every value and the order of the lanes", "[widen]") {
    using limits = std::numeric_limits<float>;
    const std::array<float, 16> values{0.0F,
                                       -0.0F,
                                       1.0F,
                                       -1.5F,
                                       limits::max(),
                                       limits::lowest(),
                                       limits::min(),
                                       limits::infinity(),
                                       -limits::infinity(),
                                       3.0F,
                                       0.1F,
                                       -0.3F,
                                       1e30F,
                                       1e-30F,
                                       16777215.0F,
                                       42.0F};
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        using narrow = xsimd::batch<float, Arch>;
        using wide = xsimd::batch<double, Arch>;
        for (std::size_t i = 0; i != values.size(); i += narrow::size) {
            const auto halves = summit::math::widen(narrow::load_unaligned(&values[i]));
            for (std::size_t lane = 0; lane != narrow::size; ++lane) {
                CAPTURE(Arch::name(), i, lane);
                const double got = halves[lane / wide::size].get(lane % wide::size);
                CHECK(support::to_bits(got) == support::to_bits(static_cast<double>(values[i + lane])));
            }
        }
    });
}

TEST_CASE("an architecture without instructions of its own widens and narrows as the others do", "[widen]") {
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        using narrow = xsimd::batch<float, Arch>;
        std::array<float, narrow::size> values{};
        for (std::size_t lane = 0; lane != values.size(); ++lane) values[lane] = static_cast<float>(lane) * 1.7F - 2.0F;
        const auto x = narrow::load_unaligned(values.data());
        const auto wide = summit::math::widen_on(summit::simd::common{}, x);
        const auto back = summit::math::narrow_on<Arch>(summit::simd::common{}, wide);
        for (std::size_t lane = 0; lane != values.size(); ++lane) {
            CAPTURE(Arch::name(), lane);
            constexpr std::size_t half = narrow::size / 2;
            CHECK(wide[lane / half].get(lane % half) == static_cast<double>(values[lane]));
            CHECK(back.get(lane) == values[lane]);
        }
    });
}

TEST_CASE("widening keeps NaN", "[widen]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        const auto halves = summit::math::widen(xsimd::batch<float, Arch>(std::numeric_limits<float>::quiet_NaN()));
        CHECK(support::is_nan(halves[0].get(0)));
        CHECK(support::is_nan(halves[1].get(0)));
    });
}
