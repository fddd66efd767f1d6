// SPDX-License-Identifier: MIT
#include <summit/cpu/fit.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <limits>
#include <vector>

TEST_CASE("sums relative to nothing do well while no more than a quarter of the groups are misfits", "[fit]") {
    summit::cpu::fit fits;
    CHECK(fits.is_good());
    for (int i = 0; i != 4; ++i) fits.add(false);
    fits.add(true);
    CHECK(fits.is_good());
    fits.add(true);
    CHECK_FALSE(fits.is_good());
    for (int i = 0; i != 2; ++i) fits.add(false);
    CHECK(fits.is_good());

    summit::cpu::fit at_once;
    at_once.add(true);
    CHECK_FALSE(at_once.is_good());
}

TEMPLATE_TEST_CASE("one or two logs of special values are mended, and nothing else is", "[fit]", float, double) {
    using T = TestType;
    constexpr T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        // Results of three terms, seven apart from each other and two from one to the next.
        constexpr std::ptrdiff_t stride = 7;
        const std::vector<std::ptrdiff_t> offsets{0, 2, 4};
        for (const std::size_t width : {std::size_t(16), std::size_t(37)}) {
            std::vector<T> elements(stride * width, T(1000));
            std::vector<T> logs(width);
            const auto put = [&](std::size_t result, const std::vector<T>& terms, T log) {
                for (std::size_t i = 0; i != 3; ++i)
                    elements[result * stride + static_cast<std::size_t>(offsets[i])] = terms[i];
                logs[result] = log;
            };
            const auto settle = [&] {
                const summit::cpu::few_places<T> places{elements.data(), stride, offsets.data(), 3};
                return summit::cpu::settle<Arch>(places, width, logs.data(), T(50));
            };
            for (std::size_t i = 0; i != width; ++i) put(i, {T(1), T(2), T(3)}, T(3.4));
            CAPTURE(Arch::name(), width);
            CHECK(settle());
            for (const std::size_t place : {std::size_t(0), std::size_t(9), width - 1}) {
                CAPTURE(place);
                for (const T garbage : {T(-87), T(60), nan, infinity}) {
                    const std::size_t other = (place + 3) % width;
                    // Nothing, and NaN among terms of any size that do not overflow.
                    put(place, {-infinity, -infinity, -infinity}, garbage);
                    put(other, {T(-1e30), nan, T(49)}, garbage);
                    CHECK(settle());
                    CHECK(support::to_bits(logs[place]) == support::to_bits(-infinity));
                    CHECK(support::is_nan(logs[other]));
                    put(other, {-nan, -infinity, -infinity}, garbage);
                    CHECK(settle());
                    CHECK(support::is_nan(logs[other]));
                    // Three, one more than is worth a look.
                    put(place, {-infinity, -infinity, -infinity}, garbage);
                    put(other, {-infinity, -infinity, -infinity}, garbage);
                    put((place + 5) % width, {-infinity, -infinity, -infinity}, garbage);
                    CHECK_FALSE(settle());
                    put((place + 5) % width, {T(1), T(2), T(3)}, T(3.4));
                    put(other, {T(1), T(2), T(3)}, T(3.4));
                    // Numbers out of range, whose logs are for others to tell.
                    for (const std::vector<T>& terms :
                         {std::vector<T>{T(-300), T(-300), T(-300)}, {T(1), T(200), T(1)}, {infinity, T(1), T(1)}}) {
                        put(place, terms, garbage);
                        CHECK_FALSE(settle());
                    }
                    put(place, {nan, T(1), T(200)}, garbage);
                    CHECK_FALSE(settle());
                    put(place, {nan, infinity, T(1)}, garbage);
                    CHECK_FALSE(settle());
                    put(place, {T(1), T(2), T(3)}, T(3.4));
                }
                for (std::size_t i = 0; i != width; ++i) CHECK(logs[i] == T(3.4));
            }
        }
    });
}
