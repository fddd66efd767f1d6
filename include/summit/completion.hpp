// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
#include <summit/process.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace summit::inline version0 {

/// The end of one piece of queued work, whatever device does it: waited for by any number of threads, reached once.
///
/// A child of fork() has a copy of it, but not the thread that does the work: what was not over before is over there
/// without having been done.
class completion {
public:
    completion() = default;
    completion(const completion&) = delete;
    completion& operator=(const completion&) = delete;

    /// Whether the work is over, be it done or failed.
    [[nodiscard]] bool ready() const noexcept { return over_.load(std::memory_order_acquire) || is_lost(); }

    /// Blocks until the work is over.
    /// throws   what the work failed with, every time
    void wait() const {
        if (const std::exception_ptr failure = settle()) std::rethrow_exception(failure);
    }

    /// Blocks until the work is over, and returns what it failed with: null if it was done.
    [[nodiscard]] std::exception_ptr settle() const noexcept {
        const auto is_over = [this] { return over_.load(std::memory_order_acquire); };
        if (!is_over()) {
            if (is_lost()) return lost();
            std::unique_lock lock(mutex_);
            reached_.wait(lock, is_over);
        }
        return failure_;
    }

    /// The work is over: what it wrote can be seen by whoever waits. Only the first call counts.
    void finish(std::exception_ptr failure = nullptr) noexcept {
        {
            const std::lock_guard lock(mutex_);
            if (over_.load(std::memory_order_relaxed)) return;
            failure_ = std::move(failure);
            over_.store(true, std::memory_order_release);
        }
        reached_.notify_all();
    }

private:
    [[nodiscard]] bool is_lost() const noexcept { return process_ != process_number(); }

    [[nodiscard]] static std::exception_ptr lost() noexcept {
        return failure_of([] {
            throw_error<std::runtime_error>(
                "summit::stream: the work was queued before fork(), and only the parent does it");
        });
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable reached_;
    std::exception_ptr failure_; // written before over_, read after
    std::atomic<bool> over_ = false;
    unsigned process_ = process_number();
};

} // namespace summit::inline version0
