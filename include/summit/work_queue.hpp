// SPDX-License-Identifier: MIT
#pragma once

#include <summit/submission.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace summit::inline version0 {

/// Does work in the order in which it came in, on a thread of its own that starts with the first.
class work_queue {
public:
    work_queue() = default;
    work_queue(const work_queue&) = delete;
    work_queue& operator=(const work_queue&) = delete;

    /// Finishes what was pushed. What failed and nobody asked for is forgotten.
    ~work_queue() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        pushed_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

    /// `task` is done after all that `work` comes after, and all that was pushed before.
    /// throws   std::bad_alloc; std::system_error: no thread to be had
    template <class Task>
    void push(submission work, Task task) {
        auto last = std::make_unique<entry_of<Task>>(std::move(work), std::move(task));
        {
            const std::lock_guard lock(mutex_);
            if (!thread_.joinable()) thread_ = std::thread([this] { work_through(); });
            std::unique_ptr<entry>& end = newest_ == nullptr ? oldest_ : newest_->next;
            newest_ = last.get();
            end = std::move(last);
            ++pushes_;
        }
        pushed_.notify_one();
    }

    /// Blocks until everything pushed before is over.
    /// throws   the first failure since the last call
    void synchronize() {
        std::exception_ptr failure;
        {
            std::unique_lock lock(mutex_);
            done_.wait(lock, [this, until = pushes_] { return finished_ >= until; });
            failure = std::exchange(failure_, nullptr);
        }
        if (failure != nullptr) std::rethrow_exception(failure);
    }

private:
    struct entry {
        virtual ~entry() = default;
        virtual std::exception_ptr run() noexcept = 0;
        std::unique_ptr<entry> next;
    };

    template <class Task>
    struct entry_of final : entry {
        entry_of(submission&& w, Task&& t) : work(std::move(w)), task(std::move(t)) {}
        std::exception_ptr run() noexcept override { return work.run(task); }
        submission work;
        Task task;
    };

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
};

} // namespace summit::inline version0
