// SPDX-License-Identifier: MIT
#include <summit/dtype.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

TEST_CASE("the elements that can be reduced", "[dtype]") {
    STATIC_CHECK(summit::element<float>);
    STATIC_CHECK(summit::element<double>);
    STATIC_CHECK(summit::element<summit::float16>);
    STATIC_CHECK(summit::element<summit::bfloat16>);
    STATIC_CHECK(summit::element<std::int8_t>);
    STATIC_CHECK(summit::element<long long>);
    STATIC_CHECK(summit::element<unsigned long>);
    STATIC_CHECK(summit::element<bool>);
    STATIC_CHECK(summit::element<std::complex<float>>);
    STATIC_CHECK(summit::element<std::complex<double>>);
    STATIC_CHECK_FALSE(summit::element<const float>);
    STATIC_CHECK_FALSE(summit::element<long double>);
    STATIC_CHECK_FALSE(summit::element<float*>);
    STATIC_CHECK_FALSE(summit::element<char>);
    STATIC_CHECK_FALSE(summit::element<char32_t>);
    STATIC_CHECK_FALSE(summit::element<void>);
}

TEST_CASE("the type of a result, and the type computed in", "[dtype]") {
    STATIC_CHECK(std::is_same_v<summit::result_t<float>, float>);
    STATIC_CHECK(std::is_same_v<summit::result_t<const double>, double>);
    STATIC_CHECK(std::is_same_v<summit::result_t<summit::float16>, summit::float16>);
    STATIC_CHECK(std::is_same_v<summit::result_t<std::int64_t>, float>);
    STATIC_CHECK(std::is_same_v<summit::result_t<bool>, float>);
    STATIC_CHECK(std::is_same_v<summit::result_t<std::complex<float>>, std::complex<float>>);
    STATIC_CHECK(std::is_same_v<summit::compute_t<float>, float>);
    STATIC_CHECK(std::is_same_v<summit::compute_t<const double>, double>);
    STATIC_CHECK(std::is_same_v<summit::compute_t<summit::bfloat16>, float>);
}

TEMPLATE_TEST_CASE("every 16-bit number survives the way to float and back", "[dtype]", summit::float16,
                   summit::bfloat16) {
    bool right = true;
    for (std::uint32_t i = 0; i != 65536; ++i) {
        TestType x;
        x.bits = static_cast<std::uint16_t>(i);
        const auto wide = static_cast<float>(x);
        const TestType back(static_cast<double>(wide));
        right = right && (std::isnan(wide) ? std::isnan(static_cast<float>(back)) : back.bits == x.bits);
    }
    CHECK(right);
}

TEST_CASE("a double is rounded to 16 bits once, to nearest even", "[dtype]") {
    const auto half = [](double x) { return summit::float16(x).bits; };
    CHECK(half(1.0) == 0x3c00);
    CHECK(half(-2.0) == 0xc000);
    CHECK(half(65504.0) == 0x7bff);
    CHECK(half(65519.999) == 0x7bff);
    CHECK(half(65520.0) == 0x7c00);
    CHECK(half(-1e300) == 0xfc00);
    CHECK(half(0x1p-24) == 0x0001);
    CHECK(half(0x1p-25) == 0x0000);
    CHECK(half(std::nextafter(0x1p-25, 1.0)) == 0x0001);
    CHECK(half(0x1.8p-24) == 0x0002);
    CHECK(half(-1e-300) == 0x8000);
    CHECK(half(0x1.ffcp-15) == 0x03ff + 1);
    CHECK(half(1.0 + 0x1p-11) == 0x3c00);
    CHECK(half(1.0 + 0x1.8p-10) == 0x3c02);
    // By way of float this would be a tie, and rounded down.
    CHECK(half(1.0 + 0x1p-11 + 0x1p-40) == 0x3c01);
    CHECK(summit::bfloat16(1.0 + 0x1p-8).bits == 0x3f80);
    CHECK(summit::bfloat16(1.0 + 0x1p-8 + 0x1p-50).bits == 0x3f81);
    CHECK(summit::bfloat16(3.4e38).bits == 0x7f80);
    CHECK(summit::bfloat16(0x1p-133).bits == 0x0001);
}
