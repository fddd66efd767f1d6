// SPDX-License-Identifier: MIT
#include <summit/cpu/workspace.hpp>
#include <summit/logsumexp.hpp>

#include "bits/corpus.hpp"
#include "bits/layouts.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#if defined(__linux__)
#include <pthread.h>
#include <sys/mman.h>
#endif

namespace {

struct here; // in place of an instruction set
using workspace = summit::cpu::workspace<here>;

struct alignas(64) line {
    std::array<std::byte, 64> bytes;
};

} // namespace

TEST_CASE("a workspace hands out aligned memory, object after object", "[workspace]") {
    using summit::cpu::workspace_bytes;
    CHECK(workspace_bytes<line>(3) == 192);
    CHECK(workspace_bytes<int>(3) == 64);
    CHECK(workspace_bytes<char>(65) == 128);
    workspace memory(workspace_bytes<line>(3) + workspace_bytes<int>(3) + workspace_bytes<line>());
    auto* const lines = static_cast<std::byte*>(memory.take<line>(3));
    auto* const ints = static_cast<std::byte*>(memory.take<int>(3));
    auto* const last = static_cast<std::byte*>(memory.take<line>());
    CHECK(reinterpret_cast<std::uintptr_t>(lines) % 64 == 0);
    CHECK(ints - lines == 192);
    CHECK(last - ints == 64);
    std::fill_n(lines, 192 + 64 + 64, std::byte{1}); // all of it is there
}

TEST_CASE("a thread's next workspace is the memory that it keeps, and one inside another is not", "[workspace]") {
    const void* first = nullptr;
    {
        workspace memory(1 << 16);
        first = memory.take<line>();
        workspace inner(1 << 16);
        CHECK(inner.take<line>() != first);
    }
    {
        workspace smaller(1 << 10);
        workspace inner(1 << 10);
        CHECK(smaller.take<line>() != inner.take<line>());
    }
    workspace larger(1 << 20);
    auto* const begin = static_cast<std::byte*>(larger.take<line>());
    std::fill_n(begin, 1 << 20, std::byte{2});
}

// Where code is not optimised, or watched by a sanitizer, its frames are as large as they like.
#if defined(__linux__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#define SUMMIT_TEST_HAS_FEATURE(x) __has_feature(x)
#else
#define SUMMIT_TEST_HAS_FEATURE(x) 0
#endif
#if !SUMMIT_TEST_HAS_FEATURE(address_sanitizer) && !SUMMIT_TEST_HAS_FEATURE(thread_sanitizer)
namespace {

constexpr std::size_t stack_bytes = 512 * 1024;

/// How many bytes of stack a call of `task` takes, on a thread of its own whose stack is painted beforehand.
template <class Task>
std::size_t stack_of(const Task& task) {
    constexpr int paint = 0xa5;
    struct job {
        const Task& task;
        std::byte* lowest; ///< down to which the thread may paint
        std::size_t used = 0;
    };
    auto* const stack = static_cast<std::byte*>(
        mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
    REQUIRE(stack != MAP_FAILED);
    std::memset(stack, paint, stack_bytes);
    job work{task, stack};
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstack(&attributes, stack, stack_bytes) == 0);
    pthread_t thread;
    REQUIRE(pthread_create(
                &thread, &attributes,
                [](void* argument) -> void* {
                    auto& given = *static_cast<job*>(argument);
                    given.task();
                    // What lies above is this function's and the thread's own.
                    auto* const frame = static_cast<std::byte*>(__builtin_frame_address(0));
                    const auto* const untouched =
                        std::find_if(given.lowest, frame, [](std::byte b) { return b != std::byte{paint}; });
                    given.used = static_cast<std::size_t>(frame - untouched);
                    return nullptr;
                },
                &work) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    munmap(stack, stack_bytes);
    return work.used;
}

} // namespace

TEMPLATE_TEST_CASE("a call takes less than 32 KB of stack, whatever its layout and its data", "[workspace][stack]",
                   float, double, summit::float16, summit::bfloat16, std::int16_t, bool, std::complex<float>,
                   std::complex<double>) {
    std::size_t most = 0;
    std::string where;
    std::size_t number = 0;
    const auto layouts = corpus::every_layout();
    for (std::size_t i = 0; i < layouts.size(); ++i) {
        const auto& l = layouts[i];
        for (const corpus::kind k : corpus::every_kind) {
            if (!corpus::has_kind<TestType>(k) || number++ % 5 != 0) continue;
            corpus::storage<TestType> elements(l.shape, l.strides);
            corpus::fill(k, static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(l.terms(), 1)), elements.all());
            auto y = summit::logsumexp(elements.view(), summit::axes(l.axes));
            const auto used = stack_of([&] { summit::logsumexp_into(y, elements.view(), summit::axes(l.axes)); });
            if (used <= most) continue;
            most = used;
            where = summit::to_string(l.shape) + " by " + summit::to_string(l.strides) + ", " +
                    corpus::names[static_cast<std::size_t>(k)];
        }
    }
    INFO(where);
    CAPTURE(most);
    CHECK(most > 1000);
    CHECK(most < 32 * 1024);
}
#endif
#endif
