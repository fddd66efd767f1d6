// SPDX-License-Identifier: MIT
#include <summit/work_queue.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <atomic>
#include <barrier>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using Catch::Matchers::Message;
using summit::submission;
using summit::work_queue;

namespace {

auto failing(const char* message) {
    return [message] { throw std::runtime_error(message); };
}

/// What work uses that uses no array.
constexpr auto nothing = [](submission&) {};

} // namespace

TEST_CASE("a queue does work in the order in which it came in, on one thread of its own", "[stream]") {
    std::vector<int> order;
    std::vector<std::thread::id> threads;
    work_queue queue;
    for (int i = 0; i != 1000; ++i)
        queue.push(nothing, [&, i] {
            order.push_back(i);
            threads.push_back(std::this_thread::get_id());
        });
    queue.synchronize();
    REQUIRE(order.size() == 1000);
    for (int i = 0; i != 1000; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
    CHECK(threads == std::vector(1000, threads.front()));
    CHECK(threads.front() != std::this_thread::get_id());
}

TEST_CASE("work waits for its turn", "[stream]") {
    summit::array<int> a({1}, {0});
    work_queue queue;
    submission gate;
    gate.writes(a);
    std::atomic<bool> first = false;
    std::atomic<bool> second = false;
    queue.push([&](submission& work) { work.reads(a); }, [&] { first = true; });
    queue.push(nothing, [&] { second = true; });
    CHECK_FALSE(first);
    CHECK_FALSE(second);
    gate.finish();
    queue.synchronize();
    CHECK(first);
    CHECK(second);
}

TEST_CASE("two queues work at the same time", "[stream]") {
    // Each task ends only once the other has begun.
    std::barrier together(2);
    work_queue one;
    work_queue two;
    one.push(nothing, [&] { together.arrive_and_wait(); });
    two.push(nothing, [&] { together.arrive_and_wait(); });
    one.synchronize();
    two.synchronize();
}

TEST_CASE("a queue goes on after a failure, and tells the first one once", "[stream][error]") {
    work_queue queue;
    queue.synchronize();
    int ran = 0;
    queue.push(nothing, failing("first"));
    queue.push(nothing, failing("second"));
    queue.push(nothing, [&] { ++ran; });
    CHECK_THROWS_MATCHES(queue.synchronize(), std::runtime_error, Message("first"));
    CHECK(ran == 1);
    queue.synchronize();
    queue.push(nothing, failing("third"));
    CHECK_THROWS_MATCHES(queue.synchronize(), std::runtime_error, Message("third"));
    queue.push(nothing, [&] { ++ran; });
    queue.synchronize();
    CHECK(ran == 2);
}

TEST_CASE("a queue that goes finishes its work, failures too", "[stream]") {
    summit::array<int> a({1}, {0});
    std::optional<submission> gate(std::in_place);
    gate->writes(a);
    int ran = 0;
    std::jthread opening;
    {
        work_queue queue;
        queue.push([&](submission& work) { work.reads(a); }, [&] { ++ran; });
        queue.push(nothing, failing("nobody asks"));
        for (int i = 0; i != 100; ++i) queue.push(nothing, [&] { ++ran; });
        opening = std::jthread([&] { gate->finish(); });
    }
    CHECK(ran == 101);
}

TEST_CASE("work that cannot be pushed changes nothing, and the queue goes on", "[stream][error]") {
    struct immovable {
        immovable() = default;
        immovable(const immovable&) { throw std::runtime_error("stuck"); }
        void operator()() const {}
    };
    summit::array<int> a({1}, {0});
    work_queue queue;
    const auto uses = [&](submission& work) { work.writes(a); };
    CHECK_THROWS_MATCHES(queue.push(uses, immovable()), std::runtime_error, Message("stuck"));
    CHECK(a.item() == 0);
    bool ran = false;
    const auto failing_uses = [](submission&) { throw std::runtime_error("lost"); };
    CHECK_THROWS_MATCHES(queue.push(failing_uses, [&] { ran = true; }), std::runtime_error, Message("lost"));
    queue.synchronize();
    CHECK_FALSE(ran);
    queue.push(nothing, [&] { ran = true; });
    queue.synchronize();
    CHECK(ran);
}

TEST_CASE("several threads push into one queue, and synchronize with it", "[stream]") {
    work_queue queue;
    std::vector<int> counts(4);
    int total = 0;
    std::atomic<bool> early = false;
    {
        std::vector<std::jthread> threads;
        for (int& count : counts)
            threads.emplace_back([&] {
                for (int i = 0; i != 500; ++i) {
                    queue.push(nothing, [&] {
                        ++count;
                        ++total;
                    });
                    if (i % 50 == 0) {
                        queue.synchronize();
                        // What this thread pushed is done: no other thread's work touches its count.
                        if (count != i + 1) early = true;
                    }
                }
            });
    }
    queue.synchronize();
    CHECK_FALSE(early);
    CHECK(counts == std::vector(4, 500));
    CHECK(total == 2000);
}

TEST_CASE("a queue moves with its work, and finishes what it had when another takes its place", "[stream]") {
    summit::array<int> a({1}, {0});
    submission gate;
    gate.writes(a);
    int ran = 0;
    work_queue queue;
    queue.push([&](submission& work) { work.reads(a); }, [&] { ++ran; });
    work_queue moved = std::move(queue);
    moved.push(nothing, [&] { ++ran; });
    std::jthread opening([&] { gate.finish(); });
    moved = work_queue();
    CHECK(ran == 2);
    moved.synchronize();
}
