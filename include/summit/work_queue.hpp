// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
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

/// Does work in the order in which it came in, on a thread of its own that starts with the first. One moved from may only be
/// assigned to or go.
///
/// The destructor finishes what was pushed. What failed and nobody asked for is forgotten.
class work_queue {
public:
    work_queue() : state_(new state) {}

    /// `task` is done after all that was pushed before, and all that comes before what it `uses`: uses(submission&) tells what
    /// it reads and writes.
    /// throws   std::bad_alloc; std::system_error: no thread to be had; std::runtime_error: the thread is in the process
    ///          that this one was forked from; what `uses` throws. Nothing is pushed then, and if `uses` writes no more than one
    ///          array nothing else has changed
    template <class Uses, class Task>
    void push(const Uses& uses, Task task) const {
        auto last = std::make_unique<entry_of<Task>>(std::move(task));
        state_->start();
        // Whoever was told of this work waits for it from then on: nothing may fail after.
        uses(last->work);
        state_->append(std::move(last));
    }

    /// Blocks until everything pushed before is over.
    /// throws   the first failure since the last call; std::runtime_error: the thread is in the process that this one was
    ///          forked from
    void synchronize() const { state_->synchronize(); }

private:
    struct entry {
        virtual ~entry() = default;
        virtual std::exception_ptr run() noexcept = 0;
        std::unique_ptr<entry> next;
        submission work;
    };

    template <class Task>
    struct entry_of final : entry {
        explicit entry_of(Task&& t) : task(std::move(t)) {}
        std::exception_ptr run() noexcept override { return this->work.run(task); }
        Task task;
    };

    class state {
    public:
        state() = default;
        state(const state&) = delete;
        state& operator=(const state&) = delete;
        ~state() {
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

        void start() {
            if (is_elsewhere()) throw_elsewhere("stream");
            const std::lock_guard lock(mutex_);
            if (thread_.joinable()) return;
            process_ = process_number();
            thread_ = std::thread([this] { work_through(); });
            started_.store(true, std::memory_order_release);
        }

        void append(std::unique_ptr<entry> last) noexcept {
            {
                const std::lock_guard lock(mutex_);
                std::unique_ptr<entry>& end = newest_ == nullptr ? oldest_ : newest_->next;
                newest_ = last.get();
                end = std::move(last);
                ++pushes_;
            }
            pushed_.notify_one();
        }

        void synchronize() {
            if (is_elsewhere()) throw_elsewhere("stream::synchronize");
            std::exception_ptr failure;
            {
                std::unique_lock lock(mutex_);
                done_.wait(lock, [this, until = pushes_] { return finished_ >= until; });
                failure = std::exchange(failure_, nullptr);
            }
            if (failure != nullptr) std::rethrow_exception(failure);
        }

    private:
        [[noreturn, gnu::cold, gnu::noinline]] static void throw_elsewhere(const char* function) {
            throw_error<std::runtime_error>(
                std::string("summit::") + function +
                ": the stream was used before fork(), and its thread is not in the child: make another stream there");
        }

        void work_through() {
            std::unique_lock lock(mutex_);
            for (;;) {
                pushed_.wait(lock, [this] { return closed_ || oldest_ != nullptr; });
                if (oldest_ == nullptr) return;
                std::unique_ptr<entry> current = std::move(oldest_);
                oldest_ = std::move(current->next);
                if (oldest_ == nullptr) newest_ = nullptr;
                lock.unlock();
                std::exception_ptr failure = current->run();
                current.reset();
                lock.lock();
                if (failure_ == nullptr) failure_ = std::move(failure);
                ++finished_;
                done_.notify_all();
            }
        }

        std::mutex mutex_;
        std::condition_variable pushed_;
        std::condition_variable done_;
        std::unique_ptr<entry> oldest_; ///< each owns the next
        entry* newest_ = nullptr;
        std::uint64_t pushes_ = 0;
        std::uint64_t finished_ = 0;
        std::exception_ptr failure_;
        bool closed_ = false;
        std::thread thread_;
        unsigned process_ = 0; ///< that the thread runs in, once started
        std::atomic<bool> started_ = false;
    };

    /// What belongs to another process is left as it is.
    struct finish {
        void operator()(state* s) const noexcept {
            if (!s->is_elsewhere()) delete s;
        }
    };

    std::unique_ptr<state, finish> state_;
};

} // namespace summit::inline version0
