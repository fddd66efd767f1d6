// SPDX-License-Identifier: MIT
#pragma once

#include <summit/shape.hpp>
#include <summit/storage.hpp>
#include <summit/view.hpp>

#include <algorithm>
#include <memory>

namespace summit::inline version0 {

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
    explicit array(const index_list& shape) : array(shape, allocation(shape), zeroed{}) {}

    /// shape    as given, filled with `values` in row-major order
    /// throws   as above, and std::invalid_argument: another number of values than elements
    array(const index_list& shape, std::initializer_list<T> values) : array(uninitialised(shape)) {
        if (std::cmp_not_equal(values.size(), size_))
            throw_invalid_argument("array", "values",
                                   std::to_string(values.size()) + " values for shape " + to_string(shape));
        std::copy(values.begin(), values.end(), begin());
    }

    array(const array& other) : array(uninitialised(other.shape_)) { std::copy(other.begin(), other.end(), begin()); }

    array(array&& other) noexcept
        : storage_(std::move(other.storage_)),
          shape_(std::exchange(other.shape_, index_list{0})),
          size_(std::exchange(other.size_, 0)) {}

    array& operator=(array other) noexcept {
        storage_ = std::move(other.storage_);
        shape_ = other.shape_;
        size_ = other.size_;
        return *this;
    }

    ~array() = default;

    /// An array whose elements are yet to be written.
    [[nodiscard]] static array uninitialised(const index_list& shape) { return array(shape, allocation(shape)); }

    /// Whether elements can be touched without waiting.
    [[nodiscard]] bool ready() const noexcept {
        const element_uses* uses = storage_.uses();
        return uses == nullptr || uses->ready();
    }

    /// Blocks until the elements are written.
    /// throws   what the work that writes them failed with
    void wait() const {
        if (const element_uses* uses = storage_.uses()) uses->wait_to_read();
    }

    /// throws   as wait
    [[nodiscard]] T* data() {
        if (element_uses* uses = storage_.uses()) uses->settle();
        wait();
        return storage_.elements();
    }
    [[nodiscard]] const T* data() const {
        wait();
        return storage_.elements();
    }

    [[nodiscard]] const index_list& shape() const noexcept { return shape_; }
    [[nodiscard]] index_list strides() const { return row_major_strides(shape_); }
    [[nodiscard]] std::size_t rank() const noexcept { return shape_.size(); }
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return size_; }

    [[nodiscard]] T* begin() { return data(); }
    [[nodiscard]] T* end() { return data() + size_; }
    [[nodiscard]] const T* begin() const { return data(); }
    [[nodiscard]] const T* end() const { return data() + size_; }

    /// The element at one index per dimension; throws as view's, and as wait.
    template <index_like... Index>
    [[nodiscard]] T& operator()(Index... indices) {
        return view<T>(data(), shape_)(indices...);
    }

    template <index_like... Index>
    [[nodiscard]] const T& operator()(Index... indices) const {
        return view<const T>(data(), shape_)(indices...);
    }

    /// The only element, of an array of any rank that has exactly one.
    /// throws   std::invalid_argument: there are none or several; and as wait
    [[nodiscard]] T item() const {
        if (size_ != 1) throw_not_one_element(shape_);
        return *data();
    }

    /// Where the elements lie, pending or not: for work that is queued behind the work that uses them.
    [[nodiscard]] friend const T* elements_of(const array& a) noexcept { return a.storage_.elements(); }
    [[nodiscard]] friend T* elements_of(array& a) noexcept { return a.storage_.elements(); }

    /// Where the elements lie, once no queued work uses them: for a call that writes all of them before it returns, and
    /// then says so. Work that was to write them may have failed.
    [[nodiscard]] friend T* elements_to_overwrite(array& a) noexcept {
        if (element_uses* uses = a.storage_.uses()) uses->settle();
        return a.storage_.elements();
    }
    friend void mark_overwritten(array& a) noexcept {
        if (element_uses* uses = a.storage_.uses()) uses->overwritten();
    }

private:
    friend class submission;
    struct zeroed {};

    array(const index_list& shape, std::size_t size)
        : storage_(std::make_unique_for_overwrite<T[]>(size)),
          shape_(shape),
          size_(static_cast<std::ptrdiff_t>(size)) {}

    array(const index_list& shape, std::size_t size, zeroed)
        : storage_(std::make_unique<T[]>(size)), shape_(shape), size_(static_cast<std::ptrdiff_t>(size)) {}

    static std::size_t allocation(const index_list& shape) {
        const std::ptrdiff_t count = element_count("array", shape);
        if (count > std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(T)))
            throw_too_large(shape);
        return static_cast<std::size_t>(count);
    }

    [[noreturn, gnu::cold, gnu::noinline]] static void throw_too_large(const index_list& shape) {
        throw_length_error("array", "shape", "the bytes of " + to_string(shape) + " do not fit std::ptrdiff_t");
    }

    storage<T> storage_;
    index_list shape_;
    std::ptrdiff_t size_;
};

template <class A>
inline constexpr bool is_array = false;
template <class T>
inline constexpr bool is_array<array<T>> = true;

} // namespace summit::inline version0
