// SPDX-License-Identifier: MIT
// Compiled without instrumentation: the sanitisers are told of each switch instead.
#include "fiber.hpp"

#include <sys/mman.h>

#include <cstdlib>

#if defined(RIG_THREAD_SANITIZER)
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_acquire(void* point);
void __tsan_release(void* point);
}
#endif
#if defined(RIG_ADDRESS_SANITIZER)
extern "C" {
void __sanitizer_start_switch_fiber(void** saved, const void* bottom, std::size_t size);
void __sanitizer_finish_switch_fiber(void* saved, const void** bottom, std::size_t* size);
void __asan_unpoison_memory_region(const volatile void* address, std::size_t size);
}
#endif

// Keeps what a call must keep, on the old stack; takes it up again from the new one.
extern "C" void rig_switch_stack(void** from, void* to);
asm(R"(
    .text
    .type rig_switch_stack, @function
rig_switch_stack:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
    .size rig_switch_stack, . - rig_switch_stack
)");

namespace rig {

namespace {

constexpr std::size_t stack_size = 128 * 1024;
constexpr std::size_t guard_size = 4096;

/// Who called resume(), on each of the process's threads.
struct caller {
    fiber* running = nullptr;
    void* position = nullptr;
    void* thread = nullptr;
    void* saved = nullptr;
    const void* bottom = nullptr;
    std::size_t size = 0;
};
thread_local caller base;

} // namespace

#if defined(RIG_THREAD_SANITIZER)
const bool watches_threads = true;
// With flag 1 a switch by itself orders nothing.
void release(void* point) { __tsan_release(point); }
void acquire(void* point) { __tsan_acquire(point); }
#else
const bool watches_threads = false;
void release(void*) {}
void acquire(void*) {}
#endif

void fiber::start(void (*body)(void*), void* argument) {
    if (stack_ == nullptr) {
        void* memory = mmap(nullptr, guard_size + stack_size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED || mprotect(memory, guard_size, PROT_NONE) != 0) std::abort();
        stack_ = static_cast<char*>(memory) + guard_size;
#if defined(RIG_THREAD_SANITIZER)
        thread_ = __tsan_create_fiber(1);
#endif
    }
#if defined(RIG_ADDRESS_SANITIZER)
    // An abandoned body leaves its red zones behind.
    if (!ended_) __asan_unpoison_memory_region(stack_, stack_size);
#endif
    body_ = body;
    argument_ = argument;
    ended_ = false;
    saved_ = nullptr;
    void** top = reinterpret_cast<void**>(stack_ + stack_size);
    *--top = nullptr; // as after a call: 8 bytes past a multiple of 16
    *--top = reinterpret_cast<void*>(&fiber::enter);
    for (int i = 0; i != 6; ++i) *--top = nullptr;
    position_ = top;
}

void fiber::enter() noexcept {
#if defined(RIG_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(nullptr, &base.bottom, &base.size);
#endif
    fiber* const self = base.running;
    self->body_(self->argument_);
    self->ended_ = true;
    pause();
    std::abort();
}

bool fiber::resume() {
    base.running = this;
#if defined(RIG_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(&base.saved, stack_, stack_size);
#endif
#if defined(RIG_THREAD_SANITIZER)
    base.thread = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(thread_, 1);
#endif
    rig_switch_stack(&base.position, position_);
#if defined(RIG_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(base.saved, nullptr, nullptr);
#endif
    return ended_;
}

void fiber::pause() {
    fiber* const self = base.running;
#if defined(RIG_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(self->ended_ ? nullptr : &self->saved_, base.bottom, base.size);
#endif
#if defined(RIG_THREAD_SANITIZER)
    __tsan_switch_to_fiber(base.thread, 1);
#endif
    rig_switch_stack(&self->position_, base.position);
#if defined(RIG_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(self->saved_, nullptr, nullptr);
#endif
}

fiber::~fiber() {
#if defined(RIG_THREAD_SANITIZER)
    if (thread_ != nullptr) __tsan_destroy_fiber(thread_);
#endif
    if (stack_ != nullptr) munmap(stack_ - guard_size, guard_size + stack_size);
}

} // namespace rig
