// SPDX-License-Identifier: MIT
#include <summit/cpu/lanes.hpp>

#include "support/architectures.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

/// The lanes of all parts, one after the other.
template <class Arch, class Parts>
std::vector<double> values_of(const Parts& parts) {
    std::vector<double> all;
    for (const auto& part : parts)
        for (std::size_t i = 0; i != part.size; ++i) all.push_back(static_cast<double>(part.get(i)));
    return all;
}

} // namespace

TEMPLATE_TEST_CASE("a loader reads a vector's worth of elements in their order, from any stride", "[lanes]",
                   (std::tuple<float, float>), (std::tuple<float, double>), (std::tuple<double, double>),
                   (std::tuple<std::int8_t, float>), (std::tuple<std::int8_t, double>),
                   (std::tuple<std::int64_t, float>), (std::tuple<summit::float16, float>),
                   (std::tuple<summit::bfloat16, double>)) {
    using Element = std::tuple_element_t<0, TestType>;
    using C = std::tuple_element_t<1, TestType>;
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t count = xsimd::batch<summit::compute_t<Element>, Arch>::size;
        STATIC_REQUIRE(summit::cpu::parts_of<C, Arch, Element> * xsimd::batch<C, Arch>::size == count);
        std::vector<double> want;
        for (std::size_t i = 0; i != count; ++i) want.push_back(static_cast<double>(i) - 7.0);
        for (const std::ptrdiff_t stride : {1, 2, 3, 4, 5, 7, 1000}) {
            // What lies between is none of them.
            std::vector<Element> memory(count * static_cast<std::size_t>(stride) + 1, static_cast<Element>(99.0));
            for (std::size_t i = 0; i != count; ++i)
                memory[i * static_cast<std::size_t>(stride) + 1] = static_cast<Element>(want[i]);
            CAPTURE(Arch::name(), stride);
            const Element* from = memory.data() + 1;
            const summit::cpu::strided_loader<C, Arch, Element> strided(stride);
            CHECK(strided.stride() == stride);
            CHECK(values_of<Arch>(strided(from)) == want);
            if (stride != 1) continue;
            const summit::cpu::dense_loader<C, Arch, Element> dense;
            CHECK(dense.stride() == 1);
            CHECK(values_of<Arch>(dense(from)) == want);
        }
    });
}

TEMPLATE_TEST_CASE_SIG("who reads on has asked for every line once, and in time", "[lanes]",
                       ((std::uintptr_t Bytes), Bytes), 128, 256, 512, 4096) {
    constexpr std::uintptr_t line = summit::cpu::line_bytes;
    constexpr std::uintptr_t page = summit::cpu::page_bytes;
    const bool in_two_pages = GENERATE(false, true);
    CAPTURE(in_two_pages);
    // From anywhere within two pages on, as much as sixteen pages.
    for (const std::uintptr_t begin : {std::uintptr_t{1} << 20, (std::uintptr_t{1} << 20) + 4 * 777}) {
        std::map<std::uintptr_t, std::uintptr_t> asked; // at which line, and when
        for (std::uintptr_t at = begin; at < begin + 16 * page; at += Bytes) {
            const auto [first, second] = summit::cpu::lines_ahead_of<Bytes>(at, in_two_pages);
            for (std::uintptr_t i = 0; i != Bytes / 2; i += line)
                for (const std::uintptr_t address : {first + i, second + i})
                    CHECK(asked.emplace(address / line, at).second);
        }
        CHECK(asked.size() == 16 * page / line);
        for (const auto& [which, at] : asked) {
            CHECK(which * line > at + page);
            CHECK(which * line < at + 5 * page);
        }
        // But for the pages at either end, of which half may be left out.
        for (std::uintptr_t at = begin + summit::cpu::bytes_ahead + 2 * page; at < begin + 16 * page; at += line)
            CHECK(asked.contains(at / line));
    }
}
