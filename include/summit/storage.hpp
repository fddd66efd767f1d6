// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <exception>

namespace summit::inline version0 {

/// Queued work, as far as those must know of it who come after it. Abstract, so that it may wait in files for any instruction
/// set, and be done in one for another.
class queued_work {
public:
    queued_work(const queued_work&) = delete;
    queued_work& operator=(const queued_work&) = delete;

    /// Whether the work is over, be it done or failed.
    [[nodiscard]] virtual bool ready() const noexcept = 0;

    /// Blocks until the work is over, and returns what it failed with: null if it was done.
    [[nodiscard]] virtual std::exception_ptr settle() const noexcept = 0;

    /// One more let_go() is to come.
    virtual void share() noexcept = 0;

    /// The last one takes the object with it.
    virtual void let_go() noexcept = 0;

protected:
    [[gnu::always_inline]] queued_work() noexcept = default;
    ~queued_work() = default;
};

/// Where work is noted that other work comes after.
class work_list {
public:
    work_list(const work_list&) = delete;
    work_list& operator=(const work_list&) = delete;

    /// For `count` more, so that they are noted without fail.
    /// throws   std::bad_alloc
    virtual void make_room(std::size_t count) = 0;

    /// Takes over a share in the work.
    virtual void add(queued_work* work) noexcept = 0;

protected:
    [[gnu::always_inline]] work_list() noexcept = default;
    ~work_list() = default;
};

/// Queued work that uses the elements of one array, as far as the array and other queued work must know of it. Abstract, so
/// that a program without streams compiles none of it, and files for several instruction sets can use one array.
class element_uses {
public:
    element_uses(const element_uses&) = delete;
    element_uses& operator=(const element_uses&) = delete;

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

    /// `reader` will read the elements. Returns a share in the work that it comes after, null if none.
    /// throws   std::bad_alloc, and nothing has changed
    [[nodiscard]] virtual queued_work* add_reader(queued_work& reader) = 0;

    /// `writer` will write the elements. Adds the work that it comes after to `before`: former readers and the former
    /// writer, but not itself.
    /// throws   std::bad_alloc, and nothing has changed
    virtual void set_writer(queued_work& writer, work_list& before) = 0;

    /// One more let_go() is to come.
    virtual void share() noexcept = 0;

    /// The array is gone, or work that used the elements is over: the last of them takes the elements with it.
    virtual void let_go() noexcept = 0;

protected:
    [[gnu::always_inline]] element_uses() noexcept = default;
    ~element_uses() = default;
};

/// The memory of one array. The array alone owns it until a stream meets it; from then on the work that uses it does so
/// too. Where no stream is, it costs one allocation, and no atomic operation but a load.
template <class T>
class storage {
public:
    /// Takes over `elements`, of new[].
    [[gnu::always_inline]] explicit storage(T* elements) noexcept : elements_(elements) {}

    [[gnu::always_inline]] storage(storage&& other) noexcept : elements_(other.elements_), uses_(other.uses_) {
        other.elements_ = nullptr;
        other.uses_ = nullptr;
    }

    [[gnu::always_inline]] storage& operator=(storage&& other) noexcept {
        T* const elements = elements_;
        element_uses* const uses = uses_;
        elements_ = other.elements_;
        uses_ = other.uses_;
        other.elements_ = elements;
        other.uses_ = uses;
        return *this;
    }

    [[gnu::always_inline]] ~storage() {
        if (element_uses* shared = uses())
            shared->let_go();
        else
            delete[] elements_;
    }

    [[nodiscard, gnu::always_inline]] T* elements() const noexcept { return elements_; }

    /// The work that uses the elements, null if there never was any.
    [[nodiscard, gnu::always_inline]] element_uses* uses() const noexcept {
        return __atomic_load_n(&uses_, __ATOMIC_ACQUIRE);
    }

    /// Hands the elements over to `uses`, unless another thread was first; returns who has them. Const, as several threads
    /// may read one array on their streams, and each may be the first to do so.
    [[gnu::always_inline]] element_uses* hand_over(element_uses* uses) const noexcept {
        element_uses* first = nullptr;
        return __atomic_compare_exchange_n(&uses_, &first, uses, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ? uses
                                                                                                            : first;
    }

private:
    T* elements_;
    // Built-in atomic operations: the functions of std::atomic would be the same for all files.
    mutable element_uses* uses_ = nullptr;
};

} // namespace summit::inline version0
