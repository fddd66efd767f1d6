// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace summit::inline version0 {

/// The end of one piece of queued work, whatever device does it: waited for by any number of threads, reached once.
class completion {
public:
    completion() = default;
    completion(const completion&) = delete;
    completion& operator=(const completion&) = delete;

    /// Whether the work is over, be it done or failed.
    [[nodiscard]] bool ready() const noexcept { return over_.load(std::memory_order_acquire); }

    /// Blocks until the work is over.
    /// throws   what the work failed with, every time
    void wait() const {
        if (const std::exception_ptr failure = settle()) std::rethrow_exception(failure);
    }

    /// Blocks until the work is over, and returns what it failed with: null if it was done.
    [[nodiscard]] std::exception_ptr settle() const noexcept {
        if (!ready()) {
            std::unique_lock lock(mutex_);
            reached_.wait(lock, [this] { return ready(); });
        }
        return failure_;
    }

    /// The work is over: what it wrote can be seen by whoever waits. Only the first call counts.
    void finish(std::exception_ptr failure = nullptr) noexcept {
        {
            const std::lock_guard lock(mutex_);
            if (ready()) return;
            failure_ = std::move(failure);
            over_.store(true, std::memory_order_release);
        }
        reached_.notify_all();
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable reached_;
    std::exception_ptr failure_; // written before over_, read after
    std::atomic<bool> over_ = false;
};

} // namespace summit::inline version0
