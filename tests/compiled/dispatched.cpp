// SPDX-License-Identifier: MIT
// Programs that link the kernels instead of compiling them.
#include <summit/summit.hpp>

#if defined(XSIMD_HPP) || !defined(SUMMIT_COMPILED)
#error "who links the kernels has no need of xsimd"
#endif

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <concepts>
#include <filesystem>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <thread>

using summit::logsumexp;

static_assert(std::same_as<summit::cpu::default_architecture, summit::cpu::dispatched>);

#if defined(__linux__)
// Of a thread that ends with the test: OpenMP's threads go with the one that they help.
TEST_CASE("linked kernels keep to the number of threads that the program sets", "[compiled][threads]") {
    const auto threads_now = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                             std::filesystem::directory_iterator());
    };
    const summit::array<float> x({1 << 10, 1 << 10});
    std::thread([&] {
        const auto before = threads_now();
        summit::max_threads(1);
        static_cast<void>(logsumexp(x, 1));
        CHECK(threads_now() == before);
        summit::max_threads(2);
        static_cast<void>(logsumexp(x, 1));
        CHECK(threads_now() <= before + 1);
        summit::max_threads(std::numeric_limits<int>::max());
    }).join();
}
#endif

TEST_CASE("large work, streams, views and messages are those of the headers", "[compiled]") {
    const summit::array<float> x({1 << 10, 1 << 10}); // zeros, shared among threads
    const auto y = logsumexp(x, 0);
    for (const float result : y) CHECK(result == std::log(1024.0F));
    CHECK(logsumexp(x).item() == std::log(1048576.0F));

    const summit::stream<summit::device::cpu> s;
    const auto pending = logsumexp(x, 1, true, s);
    const auto last = logsumexp(pending, summit::all_axes, false, s);
    CHECK(pending.shape() == summit::index_list{1024, 1});
    CHECK(last.item() == std::log(1048576.0F));

    float out[2] = {};
    const float a[2][3] = {{1000, 1000, -1000}, {-1000, -1000, -3000}};
    summit::logsumexp_into(out, a, 1);
    CHECK(out[0] == 1000 + std::log(2.0F));
    CHECK(out[1] == -1000 + std::log(2.0F));
    CHECK_THROWS_AS(logsumexp(a, 2), std::invalid_argument);
}
