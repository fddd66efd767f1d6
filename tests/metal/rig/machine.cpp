// SPDX-License-Identifier: MIT
// Compiled without instrumentation, so that what the machine does on a thread's behalf is no access of that thread's.
#include "machine.hpp"

#include "fiber.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <random>
#include <utility>

namespace rig {

namespace {

constexpr std::size_t most_threads = 1024;
constexpr std::size_t most_bytes = 16; ///< of a value that goes through a simdgroup

enum class at { running, barrier, exchange, end };

struct gpu_thread {
    fiber* body = nullptr;
    thread_position position{};
    at where = at::end;
    unsigned line = 0;
    unsigned bytes = 0;
    unsigned char value[most_bytes];
};

/// What the threads of one simdgroup handed in at their latest exchange.
struct exchanged {
    unsigned char values[32][most_bytes];
    std::uint32_t lanes = 0;
};

class machine {
public:
    std::string run(const launch& work, const settings& how);

    void pause_at(at where, unsigned line) {
        current->where = where;
        current->line = line;
        fiber::pause();
    }
    void* threadgroup_memory(unsigned variable, std::size_t bytes);

    const launch* work = nullptr;
    settings how;
    gpu_thread* current = nullptr;
    std::vector<exchanged> simdgroups = std::vector<exchanged>(most_threads);
    std::mt19937_64 random;
    char start_point = 0, memory_point = 0, barrier_point = 0, end_point = 0;

private:
    void run_group(std::size_t count);
    bool allocate_wanted();
    bool settle(std::size_t count);
    bool settle_simdgroup(std::size_t begin, std::size_t end);
    void fail(const gpu_thread& thread, const std::string& what);

    std::vector<gpu_thread> threads_ = std::vector<gpu_thread>(most_threads);
    std::vector<fiber> fibers_ = std::vector<fiber>(2 * most_threads + 1);
    std::size_t next_fiber_ = 0;
    std::array<std::unique_ptr<unsigned char[]>, 64> memory_;
    std::vector<std::unique_ptr<unsigned char[]>> kept_;
    std::size_t memory_used_ = 0;
    std::size_t wanted_bytes_ = 0;
    unsigned wanted_variable_ = 0;
    std::string failure_;
};

std::atomic<std::uint64_t> all_threads{0};
thread_local machine* active = nullptr;

std::string described(const size3& p) {
    return std::to_string(p[0]) + "," + std::to_string(p[1]) + "," + std::to_string(p[2]);
}

std::size_t product(const size3& s) { return std::size_t{s[0]} * s[1] * s[2]; }

size3 place_in(std::size_t index, const size3& extents) {
    return {static_cast<std::uint32_t>(index % extents[0]), static_cast<std::uint32_t>(index / extents[0] % extents[1]),
            static_cast<std::uint32_t>(index / extents[0] / extents[1])};
}

void machine::fail(const gpu_thread& thread, const std::string& what) {
    if (failure_.empty())
        failure_ = what + " [threadgroup " + described(thread.position.threadgroup_position_in_grid) + " thread " +
                   std::to_string(thread.position.thread_index_in_threadgroup) + " line " +
                   std::to_string(thread.line) + "]";
}

/// On a thread's behalf; the machine allocates, because ThreadSanitizer takes whoever does for one that writes.
void* machine::threadgroup_memory(unsigned variable, std::size_t bytes) {
    if (memory_.at(variable) == nullptr) {
        wanted_variable_ = variable;
        wanted_bytes_ = bytes;
        fiber::pause();
    }
    acquire(&memory_point);
    return memory_[variable].get();
}

/// Returns whether there was something to allocate.
bool machine::allocate_wanted() {
    if (wanted_bytes_ == 0) return false;
    const std::size_t bytes = std::exchange(wanted_bytes_, 0);
    auto& memory = memory_[wanted_variable_];
    memory.reset(new unsigned char[bytes]);
    std::fill_n(static_cast<volatile unsigned char*>(memory.get()), bytes, 0xff);
    memory_used_ += (bytes + 15) / 16 * 16;
    if (memory_used_ > how.most_memory)
        fail(*current, "threadgroup memory of " + std::to_string(memory_used_) + " bytes");
    release(&memory_point);
    return failure_.empty();
}

void thread_body(void* argument) {
    machine& m = *static_cast<machine*>(argument);
    acquire(&m.start_point);
    m.work->entry(m.work->buffers.data(), &m.current->position);
    active->current->where = at::end;
    release(&m.end_point);
}

/// What a simdgroup waits for together is carried out; what its threads wait for apart is an error.
bool machine::settle_simdgroup(std::size_t begin, std::size_t end) {
    const auto first = threads_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = threads_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto leader = std::find_if(first, last, [](const auto& t) { return t.where == at::exchange; });
    if (leader == last) return false;
    exchanged& shared = simdgroups[leader->position.simdgroup_index_in_threadgroup];
    shared.lanes = 0;
    for (auto thread = first; thread != last; ++thread) {
        if (thread->where != at::exchange || thread->line != leader->line) {
            fail(*thread,
                 "a thread is elsewhere while its simdgroup exchanges values at line " + std::to_string(leader->line));
            return true;
        }
        const auto lane = static_cast<std::size_t>(thread - first);
        std::copy_n(static_cast<volatile unsigned char*>(thread->value), thread->bytes, shared.values[lane]);
        shared.lanes |= 1U << lane;
    }
    for (auto thread = first; thread != last; ++thread) thread->where = at::running;
    return true;
}

/// Lets threads go on that have waited for each other; returns whether any is left.
bool machine::settle(std::size_t count) {
    bool exchanged = false;
    for (std::size_t i = 0; i < count; i += how.width)
        exchanged = settle_simdgroup(i, std::min<std::size_t>(i + how.width, count)) || exchanged;
    if (exchanged) return true;
    const auto last = threads_.begin() + static_cast<std::ptrdiff_t>(count);
    const auto waiting = std::find_if(threads_.begin(), last, [](const auto& t) { return t.where == at::barrier; });
    if (waiting == last) return false;
    for (auto thread = threads_.begin(); thread != last; ++thread)
        if (thread->where != at::barrier || thread->line != waiting->line) {
            fail(*waiting,
                 "a threadgroup_barrier that thread " + std::to_string(thread - threads_.begin()) + " does not reach");
            return true;
        }
    for (auto thread = threads_.begin(); thread != last; ++thread) thread->where = at::running;
    return true;
}

void machine::run_group(std::size_t count) {
    std::vector<std::size_t> sequence(count);
    for (std::size_t i = 0; i != count; ++i) {
        sequence[i] = how.in == order::reverse ? count - 1 - i : i;
        threads_[i].where = at::running;
        // Others than the group before had, to which ThreadSanitizer would take these threads to be the same. As few as
        // that takes: beyond 255 threads at a time it forgets.
        threads_[i].body = &fibers_[next_fiber_++ % (2 * count + 1)];
        threads_[i].body->start(&thread_body, this);
    }
    do {
        if (how.in == order::random) std::shuffle(sequence.begin(), sequence.end(), random);
        for (std::size_t i : sequence) {
            if (threads_[i].where != at::running) continue;
            current = &threads_[i];
            do current->body->resume();
            while (allocate_wanted());
            if (!failure_.empty()) return;
        }
    } while (settle(count) && failure_.empty());
}

std::string machine::run(const launch& w, const settings& s) {
    work = &w;
    how = s;
    random.seed(s.seed);
    failure_.clear();
    active = this;
    release(&start_point);
    const std::size_t count = product(w.threads);
    const std::size_t groups = product(w.groups);
    for (std::size_t g = 0; g != groups && failure_.empty(); ++g) {
        const size3 group = place_in(how.in == order::reverse ? groups - 1 - g : g, w.groups);
        // ThreadSanitizer would take memory that serves two groups for shared.
        for (auto& variable : memory_)
            if (watches_threads && variable != nullptr)
                kept_.push_back(std::move(variable));
            else
                variable.reset();
        memory_used_ = 0;
        for (std::size_t i = 0; i != count; ++i) {
            thread_position& p = threads_[i].position;
            const auto index = static_cast<std::uint32_t>(i);
            p.thread_position_in_threadgroup = place_in(i, w.threads);
            p.threadgroup_position_in_grid = group;
            p.threads_per_threadgroup = w.threads;
            p.threadgroups_per_grid = w.groups;
            for (std::size_t d = 0; d != 3; ++d) {
                p.threads_per_grid[d] = w.groups[d] * w.threads[d];
                p.thread_position_in_grid[d] = group[d] * w.threads[d] + p.thread_position_in_threadgroup[d];
            }
            p.thread_index_in_threadgroup = index;
            p.thread_index_in_simdgroup = index % how.width;
            p.simdgroup_index_in_threadgroup = index / how.width;
            p.simdgroups_per_threadgroup = (static_cast<std::uint32_t>(count) + how.width - 1) / how.width;
            p.threads_per_simdgroup = how.width;
        }
        run_group(count);
        all_threads += count;
    }
    acquire(&end_point);
    kept_.clear();
    return failure_;
}

} // namespace

std::string run(const launch& work, const settings& how) {
    static thread_local machine of_this_thread;
    return product(work.threads) > most_threads ? "more than 1024 threads in a threadgroup"
                                                : of_this_thread.run(work, how);
}

std::uint64_t threads_run() { return all_threads; }

} // namespace rig

// What the kernels call, by way of shim/metal_stdlib. -------------------------------------------------------------------
extern "C" {

void* rig_threadgroup_memory(unsigned variable, unsigned long bytes) {
    return rig::active->threadgroup_memory(variable, bytes);
}

void rig_barrier(unsigned orders_memory, unsigned line) {
    rig::machine& m = *rig::active;
    if (orders_memory != 0) rig::release(&m.barrier_point);
    m.pause_at(rig::at::barrier, line);
    if (orders_memory != 0) rig::acquire(&m.barrier_point);
}

/// Hands in this lane's value and returns that of `lane`; of a lane that is not there, bytes of 0xff.
void rig_exchange(void* value, unsigned bytes, unsigned distance, unsigned line) {
    rig::gpu_thread& self = *rig::active->current;
    std::copy_n(static_cast<volatile unsigned char*>(value), bytes, self.value);
    self.bytes = bytes;
    rig::active->pause_at(rig::at::exchange, line);
    const unsigned lane = self.position.thread_index_in_simdgroup ^ distance;
    const rig::exchanged& all = rig::active->simdgroups[self.position.simdgroup_index_in_threadgroup];
    const bool there = lane < 32 && (all.lanes >> lane & 1) != 0;
    for (unsigned i = 0; i != bytes; ++i)
        static_cast<volatile unsigned char*>(value)[i] = there ? all.values[lane][i] : 0xff;
}

/// `exact`, off by as many units in the last place as the settings ask for.
float rig_inexact(float exact, float units) {
    rig::machine& m = *rig::active;
    if (m.how.math_error == 0 || !std::isfinite(exact) || exact == 0.0F) return exact;
    const float sign = m.how.math_error != 2   ? static_cast<float>(m.how.math_error)
                       : (m.random() & 1) != 0 ? 1.0F
                                               : -1.0F;
    const float unit = std::nextafter(std::abs(exact), HUGE_VALF) - std::abs(exact);
    return exact + sign * units * unit;
}
}
