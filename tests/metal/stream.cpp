// SPDX-License-Identifier: MIT
// Streams on Metal, alone and mixed with streams on the processor.
#include "judge.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <atomic>
#include <barrier>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>
#include <tuple>

using Catch::Matchers::Message;
using summit::array;
using summit::logsumexp;
using summit::stream;
using cpu = summit::device::cpu;
using gpu = summit::device::metal;

namespace {

array<float> random_array(const summit::index_list& shape, unsigned seed) {
    array<float> a(shape);
    std::mt19937 random(seed);
    std::normal_distribution<float> values(0.0F, 3.0F);
    for (float& x : a) x = values(random);
    return a;
}

bool same(const array<float>& a, const array<float>& b) {
    return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool near(const array<float>& a, const array<float>& b) {
    return a.shape() == b.shape() && std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
               return std::abs(x - y) <= 4 * std::numeric_limits<float>::epsilon() * std::max(1.0F, std::abs(y));
           });
}

} // namespace

TEST_CASE("a call on a stream gives what a call on the device gives", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    const array<float> x = random_array({30, 40}, 1);
    const stream<gpu> s;
    const auto y = logsumexp(x, 1, false, s);
    const auto z = logsumexp(y, 0, true, s);
    s.synchronize();
    CHECK(y.ready());
    CHECK(same(y, logsumexp(x, 1, false, gpu{})));
    CHECK(same(z, logsumexp(y, 0, true, gpu{})));
}

TEST_CASE("results are pending until their turn, and wait when they are touched", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    array<float> x = random_array({4, 5}, 2);
    const auto wanted = logsumexp(x, 1, false, gpu{});
    summit::submission gate;
    gate.writes(x);
    const stream<gpu> s;
    const stream<gpu> other;
    const auto y = logsumexp(x, 1, false, s);
    const auto z = logsumexp(y, 0, false, s);
    // Another stream does not wait for this one.
    const array<float> free = random_array({4, 5}, 3);
    CHECK(same(logsumexp(free, 1, false, other), logsumexp(free, 1, false, gpu{})));
    CHECK_FALSE(y.ready());
    CHECK_FALSE(z.ready());
    gate.finish();
    CHECK(same(y, wanted));
    CHECK(z.item() == logsumexp(wanted, 0, false, gpu{}).item());
}

TEST_CASE("work on one device waits for its input from the other", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    const array<float> x = random_array({8, 6, 7}, 4);
    const auto wanted = logsumexp(logsumexp(logsumexp(x, 2), 1), 0);
    const stream<cpu> on_cpu;
    const stream<gpu> on_gpu;
    for (int round = 0; round != 20; ++round) {
        CHECK(near(logsumexp(logsumexp(logsumexp(x, 2, false, on_cpu), 1, false, on_gpu), 0, false, on_cpu), wanted));
        CHECK(near(logsumexp(logsumexp(logsumexp(x, 2, false, on_gpu), 1, false, on_cpu), 0, false, on_gpu), wanted));
        CHECK(near(logsumexp(logsumexp(logsumexp(x, 2, false, on_gpu), 1, false, gpu{}), 0, false, on_gpu), wanted));
    }
}

TEST_CASE("a failure shows where the result is touched, and the stream goes on", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    array<float> x = random_array({4, 5}, 5);
    const array<float> good = x;
    const stream<gpu> s;
    summit::submission gate;
    gate.writes(x);
    const auto y = logsumexp(x, 1, false, s);
    gate.finish(std::make_exception_ptr(std::runtime_error("no input")));
    CHECK_THROWS_MATCHES(y.wait(), std::runtime_error, Message("no input"));
    CHECK_THROWS_MATCHES(s.synchronize(), std::runtime_error, Message("no input"));
    CHECK_NOTHROW(s.synchronize());
    CHECK(same(logsumexp(good, 1, false, s), logsumexp(good, 1, false, gpu{})));
    CHECK_THROWS_AS(logsumexp(good, 2, false, s), std::invalid_argument);
}

TEST_CASE("a stream that goes finishes its work, also while another takes its place", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    array<float> x = random_array({4, 5}, 6);
    const auto wanted = logsumexp(x, 1, false, gpu{});
    std::vector<array<float>> results;
    {
        stream<gpu> s;
        for (int i = 0; i != 20; ++i) results.push_back(logsumexp(x, 1, false, s));
        s = stream<gpu>();
        const stream<gpu> moved = std::move(s);
        for (int i = 0; i != 20; ++i) results.push_back(logsumexp(x, 1, false, moved));
    }
    for (const auto& y : results) {
        CHECK(y.ready());
        CHECK(same(y, wanted));
    }
}

TEST_CASE("thousands of small calls from several threads", "[metal][stream]") {
    metal_tests::need_device<gpu>();
    const stream<gpu> shared;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t != 4; ++t)
        threads.emplace_back([&shared, &wrong, t] {
            const array<float> x = random_array({3, 4}, t);
            const auto wanted = logsumexp(x, 1);
            const stream<gpu> own;
            std::vector<array<float>> pending;
            for (int i = 0; i != 400 / metal_tests::shortened; ++i) {
                pending.push_back(logsumexp(x, 1, false, i % 3 == 0 ? shared : own));
                if (i % 50 == 0) pending.push_back(logsumexp(x, 1, false, gpu{}));
            }
            for (const auto& y : pending) wrong += near(y, wanted) ? 0 : 1;
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

// A library is compiled at an element type's first call, so that each type lets several threads arrive there once.
TEST_CASE("several threads fill the caches at once", "[metal][stream][caches]") {
    metal_tests::need_device<gpu>();
    constexpr int together = 4;
    std::barrier meeting(together);
    std::atomic<int> wrong{0};
    const auto call = [&](auto x) {
        const auto wanted = logsumexp(x, 1);
        meeting.arrive_and_wait();
        wrong += near(logsumexp(x, 1, false, gpu{}), wanted) ? 0 : 1;
    };
    std::vector<std::thread> threads;
    for (int t = 0; t != together; ++t)
        threads.emplace_back([&call] {
            using element_types = std::tuple<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t,
                                             std::uint32_t, std::int64_t, std::uint64_t, bool, float>;
            std::apply([&call](auto... zeros) { (call(array<decltype(zeros)>({3, 4})), ...); }, element_types());
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}
