// SPDX-License-Identifier: MIT
// Of <summit/compiled/instances.hpp>, in a program that links them.
#include "bits/corpus.hpp"
#include "bits/layouts.hpp"
#include "included.hpp"

#include <summit/simd/xsimd.hpp> // for the names of instruction sets
#include <summit/summit.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

using summit::logsumexp;

namespace {

#if defined(__x86_64__)
using included_architecture = xsimd::fma3<xsimd::avx2>;
#else
using included_architecture = xsimd::default_arch;
#endif

} // namespace

TEMPLATE_TEST_CASE("every element type has kernels of its own", "[compiled]", bool, signed char, unsigned char, short,
                   unsigned short, int, unsigned int, long, unsigned long, long long, unsigned long long, float, double,
                   summit::float16, summit::bfloat16, summit::compiler_float16, summit::compiler_bfloat16) {
    // 1 in three places of each row, else 0.
    summit::array<TestType> x({5, 70});
    for (std::size_t i = 0; i != 5; ++i)
        for (std::size_t j : {i, i + 20, i + 60}) x.data()[70 * i + j] = static_cast<TestType>(1.0F);
    const double wanted = std::log(67 + 3 * std::exp(1.0));
    const double epsilon = summit::element_traits<TestType>::epsilon;
    const auto y = logsumexp(x, 1);
    REQUIRE(y.shape() == summit::index_list{5});
    using wide = std::conditional_t<std::same_as<TestType, double>, double, float>;
    for (const auto result : y) CHECK(std::abs(static_cast<double>(static_cast<wide>(result)) - wanted) <= 4 * epsilon);
}

TEMPLATE_TEST_CASE("complex elements too", "[compiled]", float, double) {
    const std::complex<TestType> x[] = {{0, 0}, {0, 1}, {1, 0}};
    const std::complex<double> wanted = std::log(1.0 + std::exp(std::complex<double>(0, 1)) + std::exp(1.0));
    CHECK(std::abs(std::complex<double>(logsumexp(x).item()) - wanted) < 1e-6);
}

TEMPLATE_TEST_CASE("linked kernels give the bits that included ones give", "[compiled][bits]", float, double,
                   summit::float16, std::int32_t, std::complex<float>) {
    if (!xsimd::available_architectures().has(included_architecture())) SKIP("this processor has no FMA");
    using result = summit::result_t<TestType>;
    for (const auto& l : corpus::every_layout()) {
        corpus::storage<TestType> elements(l.shape, l.strides);
        if (elements.all().size() > 2500) continue;
        for (corpus::kind k : {corpus::kind::uniform, corpus::kind::normalised, corpus::kind::special}) {
            if (!corpus::has_kind<TestType>(k)) continue;
            corpus::fill(k, static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(l.terms(), 1)), elements.all());
            const auto linked = logsumexp(elements.view(), l.axes);
            const auto other = logsumexp<summit::view<const TestType>, summit::device::cpu, included_architecture>(
                elements.view(), l.axes);
            const auto wanted = included(elements.view(), l.axes);
            CAPTURE(l.shape, l.strides, l.axes, corpus::names[static_cast<std::size_t>(k)]);
            REQUIRE(linked.shape() == wanted.shape());
            const auto bits = corpus::hash(std::span<const result>(wanted.begin(), wanted.end()));
            REQUIRE(corpus::hash(std::span<const result>(linked.begin(), linked.end())) == bits);
            REQUIRE(corpus::hash(std::span<const result>(other.begin(), other.end())) == bits);
        }
    }
}
