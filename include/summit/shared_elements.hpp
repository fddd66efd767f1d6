// SPDX-License-Identifier: MIT
#pragma once

#include <summit/completion.hpp>
#include <summit/storage.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace summit::inline version0 {

/// Elements that an array shares with queued work, and the order of that work: who wrote or will write them, and who
/// reads them. Whoever lets go of them last frees them.
///
/// As with the elements themselves, any number of threads may read at once, and one that writes must be alone.
template <class T>
class shared_elements final : public element_uses {
    struct only_here {}; // std::make_shared needs a public constructor

public:
    using completions = std::vector<std::shared_ptr<completion>>;

    explicit shared_elements(only_here) {}

    /// A share in the elements of `from`.
    [[nodiscard]] static std::shared_ptr<shared_elements> of(const storage<T>& from) {
        if (element_uses* uses = from.uses()) return static_cast<shared_elements*>(uses)->of_array_;
        auto candidate = std::make_shared<shared_elements>(only_here{});
        candidate->of_array_ = candidate;
        auto* first = static_cast<shared_elements*>(from.hand_over(candidate.get()));
        if (first != candidate.get()) {
            candidate->let_go();
            return first->of_array_;
        }
        candidate->elements_.reset(from.elements());
        return candidate;
    }

    [[nodiscard]] bool ready() const noexcept override {
        if (written_.load(std::memory_order_acquire)) return true;
        const std::lock_guard lock(mutex_);
        return writer_->ready();
    }

    void wait_to_read() const override {
        if (written_.load(std::memory_order_acquire)) return;
        std::shared_ptr<completion> writer;
        {
            const std::lock_guard lock(mutex_);
            writer = writer_;
        }
        writer->wait();
        written_.store(true, std::memory_order_release);
    }

    void settle() noexcept override {
        completions readers;
        std::shared_ptr<completion> writer;
        {
            const std::lock_guard lock(mutex_);
            readers.swap(readers_);
            if (!written_.load(std::memory_order_relaxed)) writer = writer_;
        }
        for (const auto& reader : readers) static_cast<void>(reader->settle());
        if (writer != nullptr) static_cast<void>(writer->settle());
    }

    void overwritten() noexcept override {
        const std::lock_guard lock(mutex_);
        writer_ = nullptr;
        written_.store(true, std::memory_order_release);
    }

    void let_go() noexcept override { const auto last = std::move(of_array_); }

    /// `reader` will read the elements. Returns the work that it comes after, null if none.
    /// cost     constant on the average over many readers: those that are done are looked for only where the list is full
    /// throws   std::bad_alloc, and nothing has changed
    [[nodiscard]] std::shared_ptr<completion> add_reader(const std::shared_ptr<completion>& reader) {
        const std::lock_guard lock(mutex_);
        if (readers_.size() == readers_.capacity()) {
            std::erase_if(readers_, [](const auto& earlier) { return earlier->ready(); });
            // Half of it free, so that the next look is as many readers away as it has to look at.
            readers_.reserve(std::max<std::size_t>(2 * readers_.size(), 4));
        }
        readers_.push_back(reader);
        return writer_;
    }

    /// `writer` will write the elements. Adds the work that it comes after to `before`: former readers and the former
    /// writer, but not itself.
    /// throws   std::bad_alloc, and nothing has changed
    void set_writer(const std::shared_ptr<completion>& writer, completions& before) {
        const std::lock_guard lock(mutex_);
        before.reserve(before.size() + readers_.size() + (writer_ == nullptr ? 0 : 1));
        for (auto& reader : std::exchange(readers_, {}))
            if (reader != writer) before.push_back(std::move(reader));
        if (writer_ != nullptr && writer_ != writer) before.push_back(std::move(writer_));
        writer_ = writer;
        written_.store(false, std::memory_order_release);
    }

private:
    std::unique_ptr<T[]> elements_;
    std::shared_ptr<shared_elements> of_array_; ///< the array's share, until it lets go
    mutable std::mutex mutex_;
    std::shared_ptr<completion> writer_;
    completions readers_;
    /// Spares whoever walks over the elements the lock at each of them. False only while there is a writer.
    mutable std::atomic<bool> written_ = true;
};

} // namespace summit::inline version0
