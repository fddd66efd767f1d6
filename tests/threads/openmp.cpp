// SPDX-License-Identifier: MIT
#include "threads/cases.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <omp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <complex>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

namespace {

/// What the reduction returns without OpenMP, though this file is built with it.
template <class T>
std::uint64_t reduce_alone(const threads::input<T>& in) {
    using result = summit::result_t<T>;
    const auto x = in.elements.view();
    const auto selected = summit::select_axes("reduce_alone", summit::axes(in.axes), x.rank());
    summit::array<result> y(summit::without(x.shape(), selected));
    const auto p = summit::make_plan(x.shape(), x.strides(), selected, y.strides(), summit::short_row_of<T>);
    summit::cpu::reduce<summit::op::log_sum_exp<summit::compute_t<T>>, summit::cpu::default_architecture,
                        summit::cpu::thread_pool<false>>(p, x.data(), y.data());
    return corpus::hash(std::span<const result>(y.begin(), y.end()));
}

/// The user's settings, put back at the end.
class settings {
public:
    settings() : threads_(omp_get_max_threads()), levels_(omp_get_max_active_levels()) {}
    settings(const settings&) = delete;
    settings& operator=(const settings&) = delete;
    ~settings() {
        summit::max_threads(limit_);
        omp_set_num_threads(threads_);
        omp_set_max_active_levels(levels_);
    }

private:
    int limit_ = summit::max_threads();
    int threads_;
    int levels_;
};

/// How many threads share so many pieces of work.
int threads_seen(std::ptrdiff_t count) {
    std::vector<int> seen(static_cast<std::size_t>(count));
    const int team = summit::cpu::threads::team(count);
    summit::cpu::threads::for_each(count, team, [&](std::ptrdiff_t i, int worker) {
        if (worker != omp_get_thread_num()) std::abort();
        seen[static_cast<std::size_t>(i)] = omp_get_num_threads();
    });
    const int most = *std::max_element(seen.begin(), seen.end());
    CHECK(team == most);
    return most;
}

} // namespace

TEMPLATE_TEST_CASE("any number of threads returns the same bits", "[threads]", float, double, std::complex<float>) {
    const settings kept;
    threads::for_each_input<TestType>([](const auto& in) {
        INFO(in.name);
        const std::uint64_t expected = reduce_alone(in);
        for (int count : {1, 2, 3, 8}) {
            omp_set_num_threads(count);
            INFO(count << " threads");
            CHECK(in.reduce() == expected);
        }
        for (int most : {2, 1}) {
            summit::max_threads(most);
            INFO("at most " << most << " of 8 threads");
            CHECK(in.reduce() == expected);
        }
        summit::max_threads(std::numeric_limits<int>::max());
    });
}

TEST_CASE("work is shared among as many threads as there are, or as it has pieces", "[threads]") {
    const settings kept;
    omp_set_num_threads(3);
    CHECK(threads_seen(8) == 3);
    CHECK(threads_seen(2) == 2);
    CHECK(threads_seen(1) == 1);
}

TEST_CASE("no more threads share work than max_threads says", "[threads]") {
    const settings kept;
    omp_set_num_threads(3);
    summit::max_threads(2);
    CHECK(threads_seen(8) == 2);
    summit::max_threads(1);
    CHECK(threads_seen(8) == 1);
    summit::max_threads(100);
    CHECK(threads_seen(8) == 3);
    summit::max_threads(2);
    omp_set_num_threads(1);
    CHECK(threads_seen(8) == 1);
    CHECK(omp_get_max_threads() == 1);
}

TEST_CASE("the number of threads may change while others call", "[threads]") {
    const settings kept;
    omp_set_num_threads(3);
    const threads::input<float> in({{1024, 1024}, {1}}, corpus::kind::uniform);
    const std::uint64_t expected = reduce_alone(in);
    std::atomic<bool> over = false;
    const std::jthread changing([&] {
        for (int i = 0; !over; ++i) summit::max_threads(i % 4 + 1);
    });
    for (int i = 0; i != 200; ++i) REQUIRE(in.reduce() == expected);
    over = true;
}

TEST_CASE("every piece of work is done once", "[threads]") {
    const settings kept;
    omp_set_num_threads(8);
    std::array<int, 1000> done{};
    summit::cpu::threads::for_each(1000, 8, [&](std::ptrdiff_t i, int) { ++done[static_cast<std::size_t>(i)]; });
    CHECK(std::all_of(done.begin(), done.end(), [](int times) { return times == 1; }));
}

TEMPLATE_TEST_CASE("a call in the user's own parallel region stays on its thread, with the same bits", "[threads]",
                   float, double) {
    const settings kept;
    // Nesting allowed, so that a second team would be one.
    omp_set_max_active_levels(2);
    threads::for_each_input<TestType>([](const auto& in) {
        INFO(in.name);
        const std::uint64_t expected = reduce_alone(in);
        std::array<std::uint64_t, 2> got{};
#pragma omp parallel for num_threads(2)
        for (int i = 0; i < 2; ++i) got[static_cast<std::size_t>(i)] = in.reduce();
        CHECK(got[0] == expected);
        CHECK(got[1] == expected);
    });

    int largest = 0;
#pragma omp parallel num_threads(2) reduction(max : largest)
    largest = summit::cpu::threads::team(8);
    CHECK(largest == 1);
}

TEST_CASE("a call leaves the user's OpenMP settings alone", "[threads]") {
    const settings kept;
    const auto all_settings = [] {
        omp_sched_t schedule{};
        int chunk = 0;
        omp_get_schedule(&schedule, &chunk);
        return std::array<int, 7>{omp_get_max_threads(),
                                  omp_get_dynamic(),
                                  omp_get_max_active_levels(),
                                  static_cast<int>(schedule),
                                  chunk,
                                  omp_get_thread_limit(),
                                  omp_get_cancellation()};
    };
    const threads::input<float> in({{1024, 1024}, {1}}, corpus::kind::uniform);
    for (int count : {1, 3}) {
        omp_set_num_threads(count);
        const auto before = all_settings();
        static_cast<void>(in.reduce());
        CHECK(all_settings() == before);
    }
}

TEMPLATE_TEST_CASE("several threads of the user's may call at once", "[threads]", float, double) {
    const settings kept;
    omp_set_num_threads(3);
    threads::for_each_input<TestType>([](const auto& in) {
        INFO(in.name);
        const std::uint64_t expected = reduce_alone(in);
        std::array<std::uint64_t, 4> got{};
        std::vector<std::thread> users;
        for (auto& one : got) users.emplace_back([&] { one = in.reduce(); });
        for (auto& user : users) user.join();
        for (std::uint64_t one : got) CHECK(one == expected);
    });
}
