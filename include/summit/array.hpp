// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>
#include <summit/shape.hpp>
#include <summit/storage.hpp>
#include <summit/view.hpp>

#include <initializer_list>
#include <limits>
#include <string>
#include <utility>

namespace summit::inline version0 {

inline namespace SUMMIT_INSTRUCTION_SET {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_too_large(const index_list& shape) {
    throw_length_error("array", "shape", "the bytes of " + to_string(shape) + " do not fit std::ptrdiff_t");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_other_count(std::size_t count, const index_list& shape) {
    throw_invalid_argument("array", "values", std::to_string(count) + " values for shape " + to_string(shape));
}

/// How many elements an array of this shape has memory for.
template <class T>
[[nodiscard]] std::size_t allocation(const index_list& shape) {
    const std::ptrdiff_t count = element_count("array", shape);
    if (count > std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T)))
        throw_too_large(shape);
    return static_cast<std::size_t>(count);
}

template <class T>
void copy_elements(const T* from, std::ptrdiff_t count, T* to) {
    for (std::ptrdiff_t i = 0; i != count; ++i) to[i] = from[i];
}

} // namespace SUMMIT_INSTRUCTION_SET

/// N-d data that owns its elements, row-major and contiguous. A copy copies the elements.
///
/// The result of a call on a stream is *pending* until the stream's work has written it. Whatever touches elements waits,
/// a copy too; shape and size are known at once. What the work failed with is thrown wherever elements are touched.
/// Access that may write waits also for queued work that reads the elements. An array may go, or be moved, while queued
/// work uses it: the elements stay until the work is over.
///
/// An array whose work failed cannot be filled element by element: a write looks like a read. To assign to it, or to have a
/// call write its results there, is to write all elements anew, and ends the failure.
template <class T>
class array {
public:
    using value_type = T;

    /// shape    as given, every element T{}
    /// throws   std::invalid_argument: a negative extent; std::length_error: a size beyond what an address can span;
    ///          std::bad_alloc
    [[gnu::always_inline]] explicit array(const index_list& shape) : array(shape, allocation<T>(shape), zeroed{}) {}

    /// shape    as given, filled with `values` in row-major order
    /// throws   as above, and std::invalid_argument: another number of values than elements
    [[gnu::always_inline]] array(const index_list& shape, std::initializer_list<T> values)
        : array(uninitialised(shape)) {
        if (static_cast<std::ptrdiff_t>(values.size()) != size_) throw_other_count(values.size(), shape);
        copy_elements(values.begin(), size_, storage_.elements());
    }

    [[gnu::always_inline]] array(const array& other) : array(uninitialised(other.shape_)) {
        copy_elements(other.data(), size_, storage_.elements());
    }

    [[gnu::always_inline]] array(array&& other) noexcept
        : storage_(static_cast<storage<T>&&>(other.storage_)), shape_(other.shape_), size_(other.size_) {
        other.shape_ = index_list{0};
        other.size_ = 0;
    }

    [[gnu::always_inline]] array& operator=(array other) noexcept {
        storage_ = static_cast<storage<T>&&>(other.storage_);
        shape_ = other.shape_;
        size_ = other.size_;
        return *this;
    }

    [[gnu::always_inline]] ~array() = default;

    /// An array whose elements are yet to be written.
    [[nodiscard, gnu::always_inline]] static array uninitialised(const index_list& shape) {
        return array(shape, allocation<T>(shape));
    }

    /// Whether elements can be touched without waiting.
    [[nodiscard, gnu::always_inline]] bool ready() const noexcept {
        const element_uses* uses = storage_.uses();
        return uses == nullptr || uses->ready();
    }

    /// Blocks until the elements are written.
    /// throws   what the work that writes them failed with
    [[gnu::always_inline]] void wait() const {
        if (const element_uses* uses = storage_.uses()) uses->wait_to_read();
    }

    /// throws   as wait
    [[nodiscard, gnu::always_inline]] T* data() {
        if (element_uses* uses = storage_.uses()) uses->settle();
        wait();
        return storage_.elements();
    }
    [[nodiscard, gnu::always_inline]] const T* data() const {
        wait();
        return storage_.elements();
    }

    [[nodiscard, gnu::always_inline]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard, gnu::always_inline]] index_list strides() const { return row_major_strides(shape_); }
    [[nodiscard, gnu::always_inline]] std::size_t rank() const noexcept { return shape_.size(); }
    [[nodiscard, gnu::always_inline]] std::ptrdiff_t size() const noexcept { return size_; }

    [[nodiscard, gnu::always_inline]] T* begin() { return data(); }
    [[nodiscard, gnu::always_inline]] T* end() { return data() + size_; }
    [[nodiscard, gnu::always_inline]] const T* begin() const { return data(); }
    [[nodiscard, gnu::always_inline]] const T* end() const { return data() + size_; }

    /// The element at one index per dimension; throws as view's, and as wait.
    template <index_like... Index>
    [[nodiscard, gnu::always_inline]] T& operator()(Index... indices) {
        return view<T>(data(), shape_)(indices...);
    }

    template <index_like... Index>
    [[nodiscard, gnu::always_inline]] const T& operator()(Index... indices) const {
        return view<const T>(data(), shape_)(indices...);
    }

    /// The only element, of an array of any rank that has exactly one.
    /// throws   std::invalid_argument: there are none or several; and as wait
    [[nodiscard, gnu::always_inline]] T item() const {
        if (size_ != 1) throw_not_one_element(shape_);
        return *data();
    }

    /// Where the elements lie, pending or not: for work that is queued behind the work that uses them.
    [[nodiscard, gnu::always_inline]] friend const T* elements_of(const array& a) noexcept {
        return a.storage_.elements();
    }
    [[nodiscard, gnu::always_inline]] friend T* elements_of(array& a) noexcept { return a.storage_.elements(); }

    /// Where the elements lie, once no queued work uses them: for a call that writes all of them before it returns, and
    /// then says so. Work that was to write them may have failed.
    [[nodiscard, gnu::always_inline]] friend T* elements_to_overwrite(array& a) noexcept {
        if (element_uses* uses = a.storage_.uses()) uses->settle();
        return a.storage_.elements();
    }
    [[gnu::always_inline]] friend void mark_overwritten(array& a) noexcept {
        if (element_uses* uses = a.storage_.uses()) uses->overwritten();
    }

    /// What shares the elements with queued work.
    [[nodiscard, gnu::always_inline]] friend const storage<T>& storage_of(const array& a) noexcept {
        return a.storage_;
    }

private:
    struct zeroed {};

    [[gnu::always_inline]] array(const index_list& shape, std::size_t size)
        : storage_(new T[size]), shape_(shape), size_(static_cast<std::ptrdiff_t>(size)) {}

    [[gnu::always_inline]] array(const index_list& shape, std::size_t size, zeroed)
        : storage_(new T[size]()), shape_(shape), size_(static_cast<std::ptrdiff_t>(size)) {}

    storage<T> storage_;
    index_list shape_;
    std::ptrdiff_t size_;
};

template <class A>
inline constexpr bool is_array = false;
template <class T>
inline constexpr bool is_array<array<T>> = true;

} // namespace summit::inline version0
