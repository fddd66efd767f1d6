// SPDX-License-Identifier: MIT
#include <summit/cpu/deinterleave.hpp>

#include "support/architectures.hpp"
#include "support/lanes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

#if defined(__unix__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace {

template <class F>
void for_each_stride(F&& f) {
    f(std::integral_constant<std::size_t, 2>{});
    f(std::integral_constant<std::size_t, 3>{});
    f(std::integral_constant<std::size_t, 4>{});
}

} // namespace

TEST_CASE("elements a few places apart are picked out of dense vectors", "[deinterleave]") {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        if constexpr (summit::cpu::deinterleaves<Arch, float>) {
            constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
            for_each_stride([]<std::size_t Stride>(std::integral_constant<std::size_t, Stride>) {
                CAPTURE(Arch::name(), Stride);
                const auto memory = support::numbers(lanes, Stride, 1);
                CHECK(support::lanes_of(summit::cpu::deinterleaved<Stride, Arch>(memory.data())) ==
                      support::every(Stride, 0, lanes));
            });
        }
    });
}

#if defined(__unix__)
TEST_CASE("nothing before the first or behind the last element is read", "[deinterleave]") {
    // Where neighbouring memory cannot be read at all.
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    void* const mapped = mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    auto* const first = reinterpret_cast<float*>(static_cast<std::byte*>(mapped) + page);
    REQUIRE(mprotect(first, page, PROT_READ | PROT_WRITE) == 0);
    const std::size_t elements = page / sizeof(float);
    for (std::size_t i = 0; i != elements; ++i) first[i] = static_cast<float>(i);
    support::for_each_architecture<support::architectures>([&]<class Arch>(Arch) {
        if constexpr (summit::cpu::deinterleaves<Arch, float>) {
            constexpr std::size_t lanes = xsimd::batch<float, Arch>::size;
            for_each_stride([&]<std::size_t Stride>(std::integral_constant<std::size_t, Stride>) {
                CAPTURE(Arch::name(), Stride);
                const std::size_t last = elements - ((lanes - 1) * Stride + 1);
                for (const std::size_t at : {std::size_t{0}, last})
                    CHECK(support::lanes_of(summit::cpu::deinterleaved<Stride, Arch>(first + at)) ==
                          support::every(Stride, at, lanes));
            });
        }
    });
    munmap(mapped, 3 * page);
}
#endif

namespace {

/// Whether the loads of `Stride` vectors want each element once, and nothing that lies between: wants(k, i) says what becomes of
/// lane i of vector k, which begins at start(k).
template <std::size_t Stride, class Start, class Wants>
void check_wanted(std::ptrdiff_t lanes, Start&& start, Wants&& wants) {
    CAPTURE(Stride, lanes);
    std::vector<int> wanted(static_cast<std::size_t>(lanes + 1) * Stride, 0);
    for (std::ptrdiff_t k = 0; k != static_cast<std::ptrdiff_t>(Stride); ++k)
        for (std::ptrdiff_t i = 0; i != lanes; ++i)
            if (wants(k, i)) ++wanted.at(static_cast<std::size_t>(start(k) + i));
    for (std::size_t i = 0; i != wanted.size(); ++i)
        CHECK(wanted[i] == (i % Stride == 0 && i < static_cast<std::size_t>(lanes) * Stride ? 1 : 0));
}

} // namespace

#if XSIMD_WITH_AVX2
TEST_CASE("eight lanes want each element once and nothing between", "[deinterleave]") {
    for_each_stride([]<std::size_t Stride>(std::integral_constant<std::size_t, Stride>) {
        using places = summit::cpu::interleaved_eighths<Stride>;
        check_wanted<Stride>(8, places::start, [](std::ptrdiff_t k, std::ptrdiff_t i) {
            return places::wanted(k).at(static_cast<std::size_t>(i)) != 0;
        });
    });
}
#endif

#if XSIMD_WITH_AVX512F
TEST_CASE("sixteen lanes want each element once and nothing between", "[deinterleave]") {
    for_each_stride([]<std::size_t Stride>(std::integral_constant<std::size_t, Stride>) {
        using places = summit::cpu::interleaved<Stride>;
        check_wanted<Stride>(16, places::start,
                             [](std::ptrdiff_t k, std::ptrdiff_t i) { return (places::wanted(k) >> i & 1U) != 0; });
    });
}
#endif
