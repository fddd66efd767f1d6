// SPDX-License-Identifier: MIT
// Replaces the allocation functions of the whole program by ones that can count, and fail.
#include <summit/summit.hpp>

#include "support/layouts.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

namespace {

struct allocation_count {
    int calls = 0;
    std::size_t bytes = 0;
};

/// Where allocations of this thread are counted, if they are.
thread_local allocation_count* counting = nullptr;
/// Which of the next allocations of this thread finds no memory: the first for 1, none for 0.
thread_local int failing = 0;

void* allocate(std::size_t bytes, std::size_t alignment) {
    if (counting != nullptr) {
        ++counting->calls;
        counting->bytes += bytes;
    }
    if (failing != 0 && --failing == 0) throw std::bad_alloc();
    // aligned_alloc wants a multiple of the alignment, and never nothing.
    void* memory = std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

// Not inlined: g++ would see free() meet what operator new returned, and warn.
[[gnu::noinline]] void release(void* memory) noexcept { std::free(memory); }

template <class F>
allocation_count allocations_of(const F& f) {
    allocation_count count;
    counting = &count;
    f();
    counting = nullptr;
    return count;
}

/// Calls f() with the `which`-th allocation failing. Returns whether there was one.
template <class F>
bool runs_out_of_memory(int which, const F& f) {
    failing = which;
    try {
        f();
    } catch (const std::bad_alloc&) { return true; }
    failing = 0;
    return false;
}

} // namespace

// NOLINTBEGIN(misc-new-delete-overloads): each form has its match
void* operator new(std::size_t bytes) { return allocate(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
// Sanitizers bring array forms of their own, which would not come through here.
void* operator new[](std::size_t bytes) { return allocate(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
// NOLINTEND(misc-new-delete-overloads)

TEST_CASE("the counter counts", "[allocations]") {
    const auto count = allocations_of([] { std::vector<double>(1000).shrink_to_fit(); });
    CHECK(count.calls == 1);
    CHECK(count.bytes == 8000);
}

// But the first call of a thread, which allocates the workspace that the thread keeps.
TEMPLATE_TEST_CASE("a call allocates its result and nothing else, in every layout", "[allocations]", float, double) {
    using T = TestType;
    auto ways = support::row_layouts(3, 10000);
    for (const auto& more :
         {support::row_layouts(1, 100), support::row_layouts(300, 100), support::column_layouts(77, 200),
          support::short_layouts(300, 7), support::short_layouts(2, 1)})
        ways.insert(ways.end(), more.begin(), more.end());
    for (const auto& way : ways) {
        const auto within = support::reach_of(way.shape, way.strides);
        // The second value makes results near 0, which are summed twice.
        for (T value : {T(3), static_cast<T>(-std::log(static_cast<double>(way.terms())))}) {
            const std::vector<T> x(within.size(), value);
            const summit::view<const T> v(x.data() - within.lowest, way.shape, way.strides);
            const auto which = way.which();
            std::vector<T> y(static_cast<std::size_t>(way.results()));
            const summit::view<T> out(y.data(), summit::reduced_shape(v.shape(), way.selected, true));
            CAPTURE(way.name, way.results(), way.terms(), value);

            summit::logsumexp_into(out, v, which, true);
            const auto returned = allocations_of([&] { static_cast<void>(summit::logsumexp(v, which)); });
            CHECK(returned.calls == 1);
            CHECK(returned.bytes == y.size() * sizeof(T));
            CHECK(allocations_of([&] { summit::logsumexp_into(out, v, which, true); }).calls == 0);
        }
    }
}

TEST_CASE("views allocate nothing", "[allocations]") {
    float x[2][3][4] = {};
    const auto count = allocations_of([&] {
        const auto v = summit::as_view(x).transpose({2, 0, 1}).slice(0, 3, 0, -1).reverse(1).broadcast({5, 3, 2, 3});
        static_cast<void>(v.select(0, 1).slice(-1, 0, 2));
        static_cast<void>(summit::axes{0, 1, -1});
    });
    CHECK(count.calls == 0);
}

TEST_CASE("without memory, work is noted nowhere, and what was noted before stays", "[allocations][stream][error]") {
    int failures = 0;
    for (int which = 1; which <= failures + 1; ++which) {
        summit::array<int> x({1}, {1});
        summit::array<int> y({1}, {1});
        summit::submission x_is_read;
        x_is_read.reads(x);
        summit::submission x_is_read_too;
        x_is_read_too.reads(x);
        summit::submission y_is_written;
        y_is_written.writes(y);
        // Enough to fill the list, so that one more reader needs memory.
        std::vector<summit::submission> readers(4);
        for (auto& reader : readers) reader.reads(y);
        bool was_read = false;
        std::atomic<bool> was_written = false;
        {
            summit::submission work;
            const auto uses = [&] {
                work.reads(y);
                work.writes(x);
            };
            if (!runs_out_of_memory(which, uses)) {
                CHECK_FALSE(x.ready());
                y_is_written.finish();
                x_is_read.finish();
                x_is_read_too.finish();
                continue;
            }
        }
        ++failures;
        CAPTURE(which);
        CHECK(x.ready());
        CHECK_FALSE(y.ready());
        summit::submission next;
        next.writes(x);
        x_is_read.finish();
        const std::jthread reading([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            was_read = true;
            x_is_read_too.finish();
        });
        next.wait_for_dependencies();
        CHECK(was_read);
        next.finish();

        summit::submission after;
        after.reads(y);
        const std::jthread writing([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            was_written = true;
            y_is_written.finish();
        });
        after.wait_for_dependencies();
        CHECK(was_written);
    }
    CHECK(failures >= 4);
}

TEST_CASE("without memory, a call on a stream changes nothing", "[allocations][stream][error]") {
    const summit::array<float> a({2, 3}, {0, 1, 2, 3, 4, 5});
    const auto expected = summit::logsumexp(a, 1);
    const bool is_pending = GENERATE(false, true);
    int failures = 0;
    for (int which = 1; which <= failures + 1; ++which) {
        CAPTURE(which, is_pending);
        summit::array<float> b({2, 3}, {5, 4, 3, 2, 1, 0});
        const summit::array<float> former = summit::logsumexp(b, 1);
        const summit::stream<summit::device::cpu> other;
        summit::submission gate;
        if (is_pending) gate.writes(b);
        summit::array<float> y = summit::logsumexp(b, 1, false, other);
        if (!is_pending) y.wait();

        const summit::stream<summit::device::cpu> s;
        const bool failed = runs_out_of_memory(which, [&] { summit::logsumexp_into(y, a, 1, false, s); });
        if (failed) CHECK(y.ready() != is_pending);
        gate.finish();
        const auto& right = failed ? former : expected;
        CHECK(y(0) == right(0));
        CHECK(y(1) == right(1));
        s.synchronize();
        if (!failed) continue;
        ++failures;
        summit::logsumexp_into(y, a, 1, false, s);
        CHECK(y(0) == expected(0));
    }
    CHECK(failures >= 4);
}
