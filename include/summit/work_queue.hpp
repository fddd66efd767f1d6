// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
#include <summit/instruction_set.hpp>
#include <summit/process.hpp>
#include <summit/submission.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace summit::inline version0 {

/// A piece of work in a queue. Abstract, as the queue's thread may have been started in a file for another instruction set.
class queued_task {
public:
    queued_task(const queued_task&) = delete;
    queued_task& operator=(const queued_task&) = delete;

    /// Does the work when it is its turn, and returns what it failed with: null if it was done.
    virtual std::exception_ptr run() noexcept = 0;

    /// The task goes.
    virtual void let_go() noexcept = 0;

    queued_task* next = nullptr;

protected:
    [[gnu::always_inline]] queued_task() noexcept = default;
    ~queued_task() = default;
};

/// What a work_queue asks of its thread; abstract as queued_task is.
class queue_worker {
public:
    queue_worker(const queue_worker&) = delete;
    queue_worker& operator=(const queue_worker&) = delete;

    /// Starts the thread unless it runs.
    /// throws   std::system_error: no thread to be had; std::runtime_error: it is in the process that this one was forked from
    virtual void start() = 0;

    /// Only after start(). `last` goes when it is done.
    virtual void append(queued_task* last) noexcept = 0;

    /// Blocks until everything appended before is over.
    /// throws   the first failure since the last call; std::runtime_error: as start
    virtual void synchronize() = 0;

    /// Finishes what was appended, and goes.
    virtual void finish() noexcept = 0;

protected:
    [[gnu::always_inline]] queue_worker() noexcept = default;
    ~queue_worker() = default;
};

inline namespace SUMMIT_INSTRUCTION_SET {

/// The queue's thread, started with the first work, and what it needs.
class queue_thread final : public queue_worker {
public:
    ~queue_thread() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        pushed_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

    /// Whether the thread runs in a process that this one was forked from. Locks may then be held for ever, and a
    /// condition that was waited for cannot even be destroyed.
    [[nodiscard]] bool is_elsewhere() const noexcept {
        return started_.load(std::memory_order_acquire) && process_ != process_number();
    }

    void start() override {
        if (is_elsewhere()) throw_elsewhere("stream");
        const std::lock_guard lock(mutex_);
        if (thread_.joinable()) return;
        process_ = process_number();
        thread_ = std::thread([this] { work_through(); });
        started_.store(true, std::memory_order_release);
    }

    void append(queued_task* last) noexcept override {
        {
            const std::lock_guard lock(mutex_);
            (newest_ == nullptr ? oldest_ : newest_->next) = last;
            newest_ = last;
            ++pushes_;
        }
        pushed_.notify_one();
    }

    void synchronize() override {
        if (is_elsewhere()) throw_elsewhere("stream::synchronize");
        std::exception_ptr failure;
        {
            const std::lock_guard lock(mutex_);
            wait_until(done_, mutex_, [this, until = pushes_] { return finished_ >= until; });
            failure = std::exchange(failure_, nullptr);
        }
        if (failure != nullptr) std::rethrow_exception(failure);
    }

    /// What belongs to another process is left as it is.
    void finish() noexcept override {
        if (!is_elsewhere()) delete this;
    }

private:
    [[noreturn, gnu::cold, gnu::noinline]] static void throw_elsewhere(const char* function) {
        throw_error<std::runtime_error>(
            std::string("summit::") + function +
            ": the stream was used before fork(), and its thread is not in the child: make another stream there");
    }

    void work_through() {
        for (;;) {
            queued_task* current = nullptr;
            {
                const std::lock_guard lock(mutex_);
                wait_until(pushed_, mutex_, [this] { return closed_ || oldest_ != nullptr; });
                if (oldest_ == nullptr) return;
                current = oldest_;
                oldest_ = current->next;
                if (oldest_ == nullptr) newest_ = nullptr;
            }
            std::exception_ptr failure = current->run();
            current->let_go();
            const std::lock_guard lock(mutex_);
            if (failure_ == nullptr) failure_ = std::move(failure);
            ++finished_;
            done_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable pushed_;
    std::condition_variable done_;
    queued_task* oldest_ = nullptr;
    queued_task* newest_ = nullptr;
    std::uint64_t pushes_ = 0;
    std::uint64_t finished_ = 0;
    std::exception_ptr failure_;
    bool closed_ = false;
    std::thread thread_;
    unsigned process_ = 0; ///< that the thread runs in, once started
    std::atomic<bool> started_ = false;
};

/// A piece of work that was made in this file.
template <class Task>
class task_of final : public queued_task {
public:
    explicit task_of(Task&& task) : task_(std::move(task)) {}
    std::exception_ptr run() noexcept override { return work.run(task_); }
    void let_go() noexcept override { delete this; }

    submission work;

private:
    Task task_;
};

/// What work_queue::push does.
template <class Uses, class Task>
void push_into(queue_worker& worker, const Uses& uses, Task& task) {
    auto last = std::make_unique<task_of<Task>>(std::move(task));
    worker.start();
    // Whoever was told of this work waits for it from then on: nothing may fail after.
    uses(last->work);
    worker.append(last.release());
}

[[nodiscard]] inline queue_worker* make_worker() { return new queue_thread; }

} // namespace SUMMIT_INSTRUCTION_SET

/// Does work in the order in which it came in, on a thread of its own that starts with the first. One moved from may only be
/// assigned to or go.
///
/// The destructor finishes what was pushed. What failed and nobody asked for is forgotten.
class work_queue {
public:
    [[gnu::always_inline]] work_queue() : worker_(make_worker()) {}
    [[gnu::always_inline]] work_queue(work_queue&& other) noexcept : worker_(other.worker_) { other.worker_ = nullptr; }
    [[gnu::always_inline]] work_queue& operator=(work_queue&& other) noexcept {
        queue_worker* const next = other.worker_;
        other.worker_ = nullptr;
        if (worker_ != nullptr) worker_->finish();
        worker_ = next;
        return *this;
    }
    [[gnu::always_inline]] ~work_queue() {
        if (worker_ != nullptr) worker_->finish();
    }

    /// `task` is done after all that was pushed before, and all that comes before what it `uses`: uses(submission&) tells what
    /// it reads and writes.
    /// throws   std::bad_alloc; std::system_error: no thread to be had; std::runtime_error: the thread is in the process
    ///          that this one was forked from; what `uses` throws. Nothing is pushed then, and if `uses` writes no more than one
    ///          array nothing else has changed
    template <class Uses, class Task>
    [[gnu::always_inline]] void push(const Uses& uses, Task task) const {
        push_into(*worker_, uses, task);
    }

    /// Blocks until everything pushed before is over.
    /// throws   the first failure since the last call; std::runtime_error: the thread is in the process that this one was
    ///          forked from
    [[gnu::always_inline]] void synchronize() const { worker_->synchronize(); }

private:
    queue_worker* worker_;
};

} // namespace summit::inline version0
