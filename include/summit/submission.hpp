// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/completion.hpp>
#include <summit/error.hpp>
#include <summit/instruction_set.hpp>
#include <summit/plan.hpp>
#include <summit/shared_elements.hpp>
#include <summit/shared_handle.hpp>
#include <summit/storage.hpp>

#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// One call on a stream, as its queue sees it: what it comes after, what it keeps alive, and who waits for it.
///
/// Work may wait only for work submitted before it, so that no two wait for each other.
class submission {
public:
    submission() : done_(new completion) {}
    submission(submission&&) noexcept = default;
    submission& operator=(submission&&) = delete;

    /// Work that never ran is over too, and whoever waits for it is told. Not before what it comes after is over: its
    /// completion stands for them in what is submitted later.
    ~submission() {
        if (done_.get() == nullptr || done_->ready()) return;
        for (const auto& before : earlier_) static_cast<void>(before->settle());
        finish(
            failure_of([] { throw_error<std::runtime_error>("summit::stream: the work was dropped before it ran"); }));
    }

    /// The work reads `a`: it comes after the work that writes `a`, and fails if that fails.
    /// throws   std::bad_alloc, and nothing has changed
    template <class T>
    void reads(const array<T>& a) {
        auto shared = shared_elements<T>::of(storage_of(a));
        make_room(kept_);
        make_room(inputs_);
        shared_handle<queued_work> writer(shared->add_reader(*done_));
        // Work whose output is its own input does not wait for itself.
        if (writer.get() != nullptr && writer.get() != done_.get()) inputs_.push_back(std::move(writer));
        kept_.push_back(std::move(shared));
    }

    /// The work writes `a`, which is pending from now on: it comes after the work that reads or writes `a`.
    /// throws   std::bad_alloc, and nothing has changed
    template <class T>
    void writes(array<T>& a) {
        auto shared = shared_elements<T>::of(storage_of(a));
        make_room(kept_);
        appending to_earlier(earlier_);
        shared->set_writer(*done_, to_earlier);
        kept_.push_back(std::move(shared));
    }

    /// What is no array is the caller's to keep, and its order the caller's to see to.
    template <class A>
        requires(!is_array<A>)
    void reads(const A&) noexcept {}
    template <class A>
        requires(!is_array<A>)
    void writes(const A&) noexcept {}

    /// Blocks until it is this work's turn.
    /// throws   what the work failed with that was to write an input
    void wait_for_dependencies() const {
        for (const auto& before : earlier_) static_cast<void>(before->settle());
        for (const auto& input : inputs_) wait_for(*input);
    }

    /// The work is over. From any thread.
    void finish(std::exception_ptr failure = nullptr) noexcept {
        // First, so that what the caller destroyed long since is gone when whoever waits goes on.
        kept_.clear();
        earlier_.clear();
        inputs_.clear();
        done_->finish(std::move(failure));
    }

    /// Does `task` when it is its turn, and returns what it failed with: null if it was done.
    template <class Task>
    std::exception_ptr run(Task& task) noexcept {
        std::exception_ptr failure = failure_of([&] {
            wait_for_dependencies();
            task();
        });
        finish(failure);
        return failure;
    }

private:
    using works = std::vector<shared_handle<queued_work>>;

    class appending final : public work_list {
    public:
        explicit appending(works& list) noexcept : list_(list) {}
        void make_room(std::size_t count) override { list_.reserve(list_.size() + count); }
        void add(queued_work* work) noexcept override { list_.push_back(shared_handle<queued_work>(work)); }

    private:
        works& list_;
    };

    /// For one more, so that what is noted with others is noted here without fail.
    template <class List>
    static void make_room(List& list) {
        if (list.size() == list.capacity()) list.reserve(2 * list.size() + 1);
    }

    shared_handle<completion> done_;
    works inputs_;                                  ///< what writes the elements to be read
    works earlier_;                                 ///< what reads or writes the elements to be written
    std::vector<shared_handle<element_uses>> kept_; ///< elements that are read or written
};

/// Has the stream `where` reduce `a`, whose elements lie at `elements`, into `out`, whose elements lie at `results`.
template <template <class> class Op, class Arch, class Stream, class A, class Element, class Out, class Result>
void submit(const Stream& where, const plan& p, const A& a, const Element* elements, Out& out, Result* results) {
    const auto uses = [&](submission& work) {
        work.reads(a);
        work.writes(out);
    };
    where.template enqueue<Op, Arch>(uses, p, elements, results);
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
