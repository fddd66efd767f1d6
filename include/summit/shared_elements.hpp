// SPDX-License-Identifier: MIT
#pragma once

#include <summit/completion.hpp>
#include <summit/instruction_set.hpp>
#include <summit/shared_handle.hpp>
#include <summit/storage.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// Elements that an array shares with queued work, and the order of that work: who wrote or will write them, and who
/// reads them. Whoever lets go of them last frees them.
///
/// As with the elements themselves, any number of threads may read at once, and one that writes must be alone.
template <class T>
class shared_elements final : public element_uses {
public:
    /// A share in the elements of `from`. Where there was one already, a file for another instruction set may have made it.
    /// throws   std::bad_alloc, and nothing has changed
    [[nodiscard]] static shared_handle<element_uses> of(const storage<T>& from) {
        if (element_uses* uses = from.uses()) return share_in(*uses);
        auto* const candidate = new shared_elements;
        element_uses* const first = from.hand_over(candidate);
        if (first == candidate)
            candidate->elements_ = from.elements();
        else
            candidate->let_go();
        return share_in(*first);
    }

    [[nodiscard]] bool ready() const noexcept override {
        if (written_.load(std::memory_order_acquire)) return true;
        const std::lock_guard lock(mutex_);
        return writer_->ready();
    }

    void wait_to_read() const override {
        if (written_.load(std::memory_order_acquire)) return;
        shared_handle<queued_work> writer;
        {
            const std::lock_guard lock(mutex_);
            writer = writer_;
        }
        wait_for(*writer);
        written_.store(true, std::memory_order_release);
    }

    void settle() noexcept override {
        std::vector<shared_handle<queued_work>> readers;
        shared_handle<queued_work> writer;
        {
            const std::lock_guard lock(mutex_);
            readers.swap(readers_);
            if (!written_.load(std::memory_order_relaxed)) writer = writer_;
        }
        for (const auto& reader : readers) static_cast<void>(reader->settle());
        if (writer.get() != nullptr) static_cast<void>(writer->settle());
    }

    void overwritten() noexcept override {
        const std::lock_guard lock(mutex_);
        writer_.reset();
        written_.store(true, std::memory_order_release);
    }

    void share() noexcept override { shares_.fetch_add(1, std::memory_order_relaxed); }
    void let_go() noexcept override {
        if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }

    /// cost     constant on the average over many readers: those that are done are looked for only where the list is full
    [[nodiscard]] queued_work* add_reader(queued_work& reader) override {
        const std::lock_guard lock(mutex_);
        if (readers_.size() == readers_.capacity()) {
            std::erase_if(readers_, [](const auto& earlier) { return earlier->ready(); });
            // Half of it free, so that the next look is as many readers away as it has to look at.
            readers_.reserve(std::max<std::size_t>(2 * readers_.size(), 4));
        }
        readers_.push_back(share_in(reader));
        return shared_handle(writer_).release();
    }

    void set_writer(queued_work& writer, work_list& before) override {
        const std::lock_guard lock(mutex_);
        before.make_room(readers_.size() + (writer_.get() == nullptr ? 0 : 1));
        for (auto& reader : std::exchange(readers_, {}))
            if (reader.get() != &writer) before.add(reader.release());
        if (writer_.get() != nullptr && writer_.get() != &writer) before.add(writer_.release());
        writer_ = share_in(writer);
        written_.store(false, std::memory_order_release);
    }

private:
    shared_elements() = default;
    ~shared_elements() { delete[] elements_; }

    T* elements_ = nullptr;
    std::atomic<std::size_t> shares_ = 1; ///< the array's, until it lets go
    mutable std::mutex mutex_;
    shared_handle<queued_work> writer_;
    std::vector<shared_handle<queued_work>> readers_;
    /// Spares whoever walks over the elements the lock at each of them. False only while there is a writer.
    mutable std::atomic<bool> written_ = true;
};

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
