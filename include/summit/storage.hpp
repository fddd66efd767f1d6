// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace summit::inline version0 {

/// Queued work that uses the elements of one array, as far as the array must know of it. Abstract, so that a program
/// without streams compiles none of it.
class element_uses {
public:
    /// Whether the work that writes the elements is over.
    [[nodiscard]] virtual bool ready() const noexcept = 0;

    /// Blocks until the elements are written.
    /// throws   what the work that writes them failed with
    virtual void wait_to_read() const = 0;

    /// Blocks until no queued work reads or writes the elements, whatever that work failed with.
    virtual void settle() noexcept = 0;

    /// All elements were written anew, by nobody's queued work: what the work that was to write them failed with is past.
    /// Only after settle().
    virtual void overwritten() noexcept = 0;

    /// The array is gone: the elements go with the last work that uses them.
    virtual void let_go() noexcept = 0;

protected:
    ~element_uses() = default;
};

/// The memory of one array. The array alone owns it until a stream meets it; from then on the work that uses it does so
/// too. Where no stream is, it costs one allocation, and no atomic operation but a load.
template <class T>
class storage {
public:
    explicit storage(std::unique_ptr<T[]> elements) noexcept : elements_(elements.release()) {}

    storage(storage&& other) noexcept
        : elements_(std::exchange(other.elements_, nullptr)), uses_(other.uses_.load(std::memory_order_relaxed)) {
        other.uses_.store(nullptr, std::memory_order_relaxed);
    }

    storage& operator=(storage&& other) noexcept {
        std::swap(elements_, other.elements_);
        element_uses* former = uses();
        uses_.store(other.uses(), std::memory_order_relaxed);
        other.uses_.store(former, std::memory_order_relaxed);
        return *this;
    }

    ~storage() {
        if (element_uses* shared = uses())
            shared->let_go();
        else
            delete[] elements_;
    }

    [[nodiscard]] T* elements() const noexcept { return elements_; }

    /// The work that uses the elements, null if there never was any.
    [[nodiscard]] element_uses* uses() const noexcept { return uses_.load(std::memory_order_acquire); }

    /// Hands the elements over to `uses`, unless another thread was first; returns who has them. Const, as several threads
    /// may read one array on their streams, and each may be the first to do so.
    element_uses* hand_over(element_uses* uses) const noexcept {
        element_uses* first = nullptr;
        return uses_.compare_exchange_strong(first, uses, std::memory_order_acq_rel) ? uses : first;
    }

private:
    T* elements_;
    mutable std::atomic<element_uses*> uses_ = nullptr;
};

} // namespace summit::inline version0
