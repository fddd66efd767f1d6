// SPDX-License-Identifier: MIT
#include <summit/op/complex_sum.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <math.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
long double (*volatile true_sin)(long double) = ::sinl;
long double (*volatile true_cos)(long double) = ::cosl;

struct number {
    double re;
    double im;
};

/// The same terms in every lane, one after the other.
template <class Arch>
summit::op::complex_sum<Arch> sum_of(const std::vector<number>& terms) {
    using batch = xsimd::batch<double, Arch>;
    summit::op::complex_sum<Arch> sum;
    for (const number& z : terms) {
        const bool is_summit = z.re > sum.max.get(0);
        const auto before = sum.see(batch(z.re), batch(z.im));
        std::array<double, batch::size> re, im;
        (is_summit ? before.re : batch(z.re)).store_unaligned(re.data());
        (is_summit ? before.im : batch(z.im)).store_unaligned(im.data());
        for (double& x : re) x -= sum.offset.get(0);
        sum.template add<true>(re.data(), im.data(), 0, 1);
    }
    return sum;
}

/// The real part and the imaginary part of what the terms but the highest come to, relative to it.
template <class Arch>
number rest_of(const summit::op::complex_sum<Arch>& sum) {
    const auto rest = sum.rest();
    return {rest.real.high.get(0), rest.imag.high.get(0)};
}

} // namespace

TEST_CASE("the highest term is left out of the sum, whenever it comes", "[op][complex_sum]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const auto e = [](double x) { return std::exp(static_cast<long double>(x)); };
        // Where references have no digits left, too: terms count relative to an offset there.
        for (double up : {0.0, -3.0, 700.0, 1e5, -1e5, 131072.0, 1073741824.0, -1073741824.0, 3e12}) {
            CAPTURE(up);
            std::vector<number> terms{{up - 1, 0.5}, {up - 20, 2.0}, {up, 1.0}, {up - 0.25, -3.0}};
            const long double re = e(-1) * true_cos(0.5L) + e(-20) * true_cos(2.0L) + e(-0.25) * true_cos(3.0L);
            const long double im = e(-1) * true_sin(0.5L) + e(-20) * true_sin(2.0L) - e(-0.25) * true_sin(3.0L);
            const auto check = [&](const auto& sum) {
                CHECK(support::to_bits(sum.max.get(0)) == support::to_bits(up));
                CHECK(support::to_bits(sum.phase.get(0)) == support::to_bits(1.0));
                const number got = rest_of<Arch>(sum);
                CHECK(std::abs(static_cast<double>(got.re - re)) <= 0x1p-50);
                CHECK(std::abs(static_cast<double>(got.im - im)) <= 0x1p-50);
            };
            check(sum_of<Arch>(terms));
            // In two parts, of which either has the summit; and among nothing.
            for (std::size_t cut = 0; cut <= terms.size(); ++cut) {
                const std::vector<number> head(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(cut));
                const std::vector<number> tail(terms.begin() + static_cast<std::ptrdiff_t>(cut), terms.end());
                auto sum = sum_of<Arch>(head);
                sum.add(sum_of<Arch>(tail));
                check(sum);
                sum.add(sum_of<Arch>({{-inf, 0.0}, {-inf, 0.0}}));
                sum.add(sum_of<Arch>({{-1e300, 1.0}, {-1e301, 0.0}}));
                check(sum);
            }
        }
    });
}

TEST_CASE("terms of −inf and those too small for any number leave nothing", "[op][complex_sum]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const auto check_nothing = [](const std::vector<number>& terms) {
            const number got = rest_of<Arch>(sum_of<Arch>(terms));
            CHECK(support::magnitude_bits(got.re) == 0);
            CHECK(support::magnitude_bits(got.im) == 0);
        };
        check_nothing({});
        check_nothing({{-inf, 0.0}, {-inf, 1.0}});
        check_nothing({{-inf, 0.0}, {2.0, 1.0}, {-inf, 2.0}});
        check_nothing({{0.0, 0.0}, {-800.0, 2.0}, {-1e300, 2.0}});
        check_nothing({{-800.0, 2.0}, {-1e300, 2.0}, {0.0, 0.0}});
        // The smallest that a double holds are there, met before or after.
        const number least = rest_of<Arch>(sum_of<Arch>({{0.0, 0.0}, {-700.0, 0.0}}));
        CHECK(support::ulp_error(least.re, std::exp(-700.0L)) <= 3.0);
        const number before = rest_of<Arch>(sum_of<Arch>({{-700.5, 0.0}, {-700.0, 0.0}, {0.0, 0.0}}));
        CHECK(support::ulp_error(before.re, std::exp(-700.0L) + std::exp(-700.5L)) <= 3.0);
    });
}
