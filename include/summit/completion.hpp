// SPDX-License-Identifier: MIT
#pragma once

#include <summit/error.hpp>
#include <summit/instruction_set.hpp>
#include <summit/process.hpp>
#include <summit/storage.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// Blocks until the work is over.
/// throws   what the work failed with, every time
inline void wait_for(const queued_work& work) {
    if (const std::exception_ptr failure = work.settle()) std::rethrow_exception(failure);
}

/// Waits with `locked`, which the caller has locked and keeps so, until `is_reached`.
// The std::unique_lock never unlocks: that function of the standard library's would be the same for all files.
template <class Predicate>
void wait_until(std::condition_variable& reached, std::mutex& locked, const Predicate& is_reached) noexcept {
    std::unique_lock lock(locked, std::adopt_lock);
    reached.wait(lock, is_reached);
    static_cast<void>(lock.release());
}

/// The end of one piece of queued work, whatever device does it: waited for by any number of threads, reached once. Made with
/// one share in it; where nobody lets that go, a completion need not be made by new.
///
/// A child of fork() has a copy of it, but not the thread that does the work: what was not over before is over there
/// without having been done.
class completion final : public queued_work {
public:
    [[nodiscard]] bool ready() const noexcept override { return over_.load(std::memory_order_acquire) || is_lost(); }

    /// Blocks until the work is over.
    /// throws   what the work failed with, every time
    void wait() const { wait_for(*this); }

    [[nodiscard]] std::exception_ptr settle() const noexcept override {
        const auto is_over = [this] { return over_.load(std::memory_order_acquire); };
        if (!is_over()) {
            if (is_lost()) return lost();
            const std::lock_guard lock(mutex_);
            wait_until(reached_, mutex_, is_over);
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

    void share() noexcept override { shares_.fetch_add(1, std::memory_order_relaxed); }
    void let_go() noexcept override {
        if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
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
    std::atomic<std::size_t> shares_ = 1;
};

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
