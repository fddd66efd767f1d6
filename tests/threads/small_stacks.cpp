// SPDX-License-Identifier: MIT
// small_stacks [kilobytes]
//
// Calls on a stream, every layout and type and kind of data of them, where threads have a stack of 64 KB: a stream's own
// thread and OpenMP's have what the system gives, 128 KB with musl. Each call runs in a process of its own; the guard
// behind the stack, wider than any frame, ends one that needs more. Prints these, and fails if there are any.
#include "bits/corpus.hpp"
#include "bits/layouts.hpp"

#include <summit/summit.hpp>

#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#if defined(__GLIBC__)
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::size_t guard = std::size_t{1} << 20;

struct named_layout {
    const char* name;
    corpus::layout layout;
};

std::vector<named_layout> layouts() {
    return {
        {"rows", {{300, 1000}, {1}}},
        {"long rows", {{3, 20000}, {1}}},
        {"few rows of many terms, in parts", {{3, 200000}, {1}}},
        {"one row", {{1000}, {0}}},
        {"one long row, in parts", {{1 << 20}, {0}}},
        {"one long strided row", {{200000}, {3}, {0}}},
        {"rows in pieces", {{20, 50, 500}, {25000, 1, 50}, {0, 2}}},
        {"rows of every second", {{300, 500}, {1000, 2}, {1}}},
        {"rows walked backwards", {{300, 500}, {500, -1}, {1}}},
        {"columns", {{500, 1030}, {0}}},
        {"many columns, shared", {{200, 5000}, {0}}},
        {"few columns of many terms, in parts", {{70000, 17}, {0}}},
        {"columns of every second", {{500, 520}, {1040, 2}, {0}}},
        {"columns in runs of three", {{100, 300, 3}, {1200, 4, 1}, {0}}},
        {"short rows of 3", {{30000, 3}, {1}}},
        {"short rows of 8", {{20000, 8}, {1}}},
        {"short rows of 10", {{20000, 10}, {1}}},
        {"short rows of 31", {{3000, 31}, {1}}},
        {"short rows of 70", {{3000, 70}, {1}}},
        {"short strided rows", {{3000, 7}, {20, 2}, {1}}},
        {"short columns", {{7, 3000}, {0}}},
        {"repeated", {{50, 40, 30}, {40, 1, 0}, {1, 2}}},
        {"a middle axis", {{30, 50, 64}, {1}}},
        {"first and last axis", {{30, 50, 64}, {0, 2}}},
        {"four axes", {{9, 3, 20, 2}, {1, 2}}},
        {"no axis", {{50, 40}, {}}},
        {"an empty axis", {{50, 0}, {1}}},
    };
}

/// Each takes other ways through the kernels: plain, near 0, with NaN and infinities, and out of range, far and near.
constexpr corpus::kind kinds[] = {corpus::kind::uniform,   corpus::kind::normalised, corpus::kind::special,
                                  corpus::kind::far_below, corpus::kind::low,        corpus::kind::wide};

template <class T>
std::uint64_t bits_of_results(const summit::array<T>& y) {
    return corpus::hash(std::span<const T>(y.begin(), y.end()));
}

/// How a child of fork() ends in which `body` is called: with 0 if that is true.
template <class Body>
int status_of(const Body& body) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(body() ? 0 : 1);
    }
    int status = -1;
    return child >= 0 && waitpid(child, &status, 0) == child ? status : -1;
}

/// Whether a call on a stream gives what a call on its device gives, which has this thread's stack.
template <class T>
bool is_right(const corpus::storage<T>& x, const std::vector<int>& axes) {
    const auto expected = bits_of_results(summit::logsumexp(x.view(), axes));
    const summit::stream<summit::device::cpu> s;
    const auto y = summit::logsumexp(x.view(), axes, false, s);
    const auto z = summit::logsumexp(y, summit::all_axes, false, s);
    z.wait();
    return bits_of_results(y) == expected;
}

/// A queue, work that reads and writes, and work that fails.
bool queue_is_right() {
    const summit::work_queue queue;
    summit::array<int> x({1}, {1});
    summit::array<int> y({1}, {0});
    const auto uses = [&](summit::submission& work) {
        work.reads(x);
        work.writes(y);
    };
    for (int i = 0; i != 1000; ++i)
        queue.push(uses, [from = elements_of(std::as_const(x)), to = elements_of(y)] { *to += *from; });
    queue.push([](summit::submission&) {}, [] { throw std::runtime_error("expected"); });
    try {
        queue.synchronize();
    } catch (const std::runtime_error&) { return y.item() == 1000; }
    return false;
}

int calls = 0;
int failures = 0;

template <class T>
void calls_of(const char* type) {
    for (const auto& [name, layout] : layouts())
        for (corpus::kind k : kinds) {
            if (!corpus::has_kind<T>(k)) continue;
            ++calls;
            corpus::storage<T> x(layout.shape, layout.strides);
            corpus::fill(k, static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(layout.terms(), 1)), x.all());
            const int status = status_of([&x = x, &axes = layout.axes] { return is_right(x, axes); });
            if (status == 0) continue;
            ++failures;
            std::printf("%s, %s, %s: %s %d\n", type, name, corpus::names[static_cast<std::size_t>(k)],
                        WIFSIGNALED(status) ? "ended by signal" : "other results,",
                        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        }
}

/// Whether threads that are made from now on have this much stack.
bool give_threads(std::size_t kilobytes) {
    pthread_attr_t attributes;
    return pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 1024 * kilobytes) == 0 &&
           pthread_attr_setguardsize(&attributes, guard) == 0 && pthread_setattr_default_np(&attributes) == 0;
}

} // namespace

int main(int count, char** arguments) {
    const rlimit no_core_files{0, 0};
    setrlimit(RLIMIT_CORE, &no_core_files);
    const std::size_t kilobytes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 64;
    const bool has_little_queue = give_threads(32) && status_of(queue_is_right) == 0;
    if (!has_little_queue) std::puts("a queue by itself needs more than 32 KB of stack");
    if (!give_threads(kilobytes)) {
        std::printf("threads cannot have %zu KB of stack here\n", kilobytes);
        return 77;
    }
    calls_of<float>("float");
    calls_of<double>("double");
    calls_of<summit::float16>("float16");
    calls_of<summit::bfloat16>("bfloat16");
    calls_of<int>("int32");
    calls_of<unsigned long long>("uint64");
    calls_of<std::complex<float>>("complex<float>");
    calls_of<std::complex<double>>("complex<double>");
    std::printf("%d of %d calls need more than %zu KB of stack, or have other results\n", failures, calls, kilobytes);
    return failures == 0 && has_little_queue ? 0 : 1;
}
#else
int main() {
    std::puts("no way here to give threads less stack");
    return 77;
}
#endif
