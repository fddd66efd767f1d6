// SPDX-License-Identifier: MIT
// Children of fork(), with OpenMP and without: they have none of their parent's threads.
#include "support/child.hpp"

#include <summit/summit.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#if defined(_OPENMP)
#include <omp.h>
#endif

using cpu_stream = summit::stream<summit::device::cpu>;
using summit::array;
using summit::logsumexp;
using support::in_child;

namespace {

const std::string elsewhere =
    ": the stream was used before fork(), and its thread is not in the child: make another stream there";
const std::string lost = "throws summit::stream: the work was queued before fork(), and only the parent does it";

/// Shared among threads, where there are several.
std::string large_call() {
    const std::vector<float> x(1 << 20, -0.5F);
    return std::to_string(logsumexp(x).item());
}

/// Work that waits until it is let go.
class gate {
public:
    gate() { work_.writes(elements_); }
    void open() { work_.finish(); }
    [[nodiscard]] array<float> pending(const cpu_stream& s) const { return logsumexp(elements_, 0, false, s); }

private:
    array<float> elements_{{1}, {1}};
    summit::submission work_;
};

} // namespace

TEST_CASE("a large call after a large call before fork() returns the same", "[threads]") {
#if defined(_OPENMP)
    const int kept = omp_get_max_threads();
    omp_set_num_threads(3);
#endif
    const std::string expected = large_call();
    CHECK(in_child(large_call) == expected);
    CHECK(in_child([] { return in_child(large_call); }) == expected);
    CHECK(in_child([] {
              std::string said;
              std::thread([&] { said = large_call(); }).join();
              return said;
          }) == expected);
    CHECK(in_child([] {
              const cpu_stream s;
              const array<float> x({1 << 10, 1 << 10});
              return std::to_string(logsumexp(logsumexp(x, 1, false, s), 0, false, s).item());
          }) == std::to_string(logsumexp(array<float>({1 << 20})).item()));
    CHECK(large_call() == expected);
#if defined(_OPENMP)
    // Whoever was not forked goes on sharing.
    std::atomic<int> team = 0;
    summit::cpu::threads::for_each(8, summit::cpu::threads::team(8),
                                   [&](std::ptrdiff_t, int) { team = omp_get_num_threads(); });
    CHECK(team == 3);
    omp_set_num_threads(kept);
#endif
}

TEST_CASE("a process forked from another has another number", "[threads]") {
    const unsigned parent = summit::process_number();
    CHECK(in_child([&] { return std::to_string(summit::process_number() - parent); }) == "1");
    CHECK(summit::process_number() == parent);
}

TEST_CASE("in a child, a stream that was used before fork() says so and can go", "[threads][stream]") {
    const array<float> x({2}, {1, 2});
    const std::string expected = std::to_string(logsumexp(x).item());
    std::optional<cpu_stream> s(std::in_place);
    gate busy;
    std::optional<array<float>> y;
    const bool is_busy = GENERATE(false, true);
    if (is_busy)
        y = busy.pending(*s);
    else
        logsumexp(x, 0, false, *s).wait();

    CHECK(in_child([&] { return std::to_string(logsumexp(x, 0, false, *s).item()); }) ==
          "throws summit::stream" + elsewhere);
    CHECK(in_child([&]() -> std::string {
              s->synchronize();
              return "returns";
          }) == "throws summit::stream::synchronize" + elsewhere);
    CHECK(in_child([&] {
              s.reset();
              y.reset();
              return "gone";
          }) == "gone");
    CHECK(in_child([&] {
              s = cpu_stream();
              return std::to_string(logsumexp(x, 0, false, *s).item());
          }) == expected);

    busy.open();
    s->synchronize();
    CHECK(std::to_string(logsumexp(x, 0, false, *s).item()) == expected);
}

TEST_CASE("in a child, a stream that was not used before fork() works", "[threads][stream]") {
    const array<float> x({2}, {1, 2});
    const cpu_stream s;
    const auto call = [&] { return std::to_string(logsumexp(x, 0, false, s).item()); };
    CHECK(in_child(call) == std::to_string(logsumexp(x).item()));
}

TEST_CASE("in a child, arrays that were pending have failed, and can be written anew", "[threads][stream]") {
    const array<float> x({1}, {1});
    const cpu_stream s;
    gate busy;
    auto y = busy.pending(s);
    CHECK(in_child([&]() -> std::string { return y.ready() ? "ready" : "pending"; }) == "ready");
    CHECK(in_child([&] { return std::to_string(y.item()); }) == lost);
    CHECK(in_child([&] {
              const cpu_stream own;
              return std::to_string(logsumexp(y, {}, false, own).item());
          }) == lost);
    CHECK(in_child([&] {
              logsumexp_into(y, x, 0, false);
              return std::to_string(y.item());
          }) == std::to_string(1.0F));
    CHECK(in_child([&] {
              const cpu_stream own;
              logsumexp_into(y, x, 0, false, own);
              return std::to_string(y.item());
          }) == std::to_string(1.0F));
    CHECK_FALSE(y.ready());
    busy.open();
    CHECK(y.item() == 1);
}

TEST_CASE("in a child, elements that the parent's work still reads can be written", "[threads][stream]") {
    array<float> x({1}, {1});
    const cpu_stream s;
    gate busy;
    const auto first = busy.pending(s);
    const auto y = logsumexp(x, 0, false, s);
    CHECK(in_child([&] {
              x(0) = 2;
              return std::to_string(x.item());
          }) == std::to_string(2.0F));
    busy.open();
    CHECK(y.item() == 1);
}

TEST_CASE("a child ends as programs do, whatever its parent's streams do", "[threads][stream]") {
    static std::optional<cpu_stream> s;
    s.emplace();
    gate busy;
    const auto y = busy.pending(*s);
    CHECK(in_child([] {
              const pid_t child = fork();
              if (child == 0) {
                  alarm(20);
                  close(STDOUT_FILENO); // what the parent has yet to print is not for this one to print
                  std::exit(0);         // static destructors run, that of the stream too
              }
              int status = 0;
              waitpid(child, &status, 0);
              return std::to_string(status);
          }) == "0");
    busy.open();
    CHECK(y.item() == 1);
    s.reset();
}
