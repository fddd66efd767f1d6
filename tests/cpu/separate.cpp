// SPDX-License-Identifier: MIT
#include <summit/cpu/separate.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <complex>
#include <cstddef>
#include <vector>

TEMPLATE_TEST_CASE("real and imaginary parts go their own ways, from any stride", "[separate]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        for (std::ptrdiff_t stride : {1, 2, 5}) {
            for (std::ptrdiff_t count = 0; count != 40; ++count) {
                std::vector<std::complex<T>> z(static_cast<std::size_t>(count * stride + 1), {T(-1), T(-2)});
                for (std::ptrdiff_t i = 0; i != count; ++i)
                    z[static_cast<std::size_t>(i * stride)] = {static_cast<T>(i), static_cast<T>(100 + i)};
                std::vector<double> re(static_cast<std::size_t>(count) + 1, -7.0);
                std::vector<double> im(static_cast<std::size_t>(count) + 1, -8.0);
                summit::cpu::separate<Arch>(z.data(), stride, count, re.data(), im.data());
                CAPTURE(Arch::name(), stride, count);
                bool right = re.back() == -7.0 && im.back() == -8.0;
                for (std::ptrdiff_t i = 0; i != count; ++i)
                    right = right && re[static_cast<std::size_t>(i)] == static_cast<double>(i) &&
                            im[static_cast<std::size_t>(i)] == static_cast<double>(100 + i);
                REQUIRE(right);
            }
        }
    });
}
