// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// Holds a share in a T, or none. A T counts its shares itself: T::share() adds one, T::let_go() ends one, and the last one
/// the T. In place of std::shared_ptr, whose functions would be the same for files of different instruction sets.
template <class T>
class shared_handle {
public:
    shared_handle() noexcept = default;

    /// Takes over a share; null is none.
    explicit shared_handle(T* shared) noexcept : object_(shared) {}

    shared_handle(const shared_handle& other) noexcept : object_(other.object_) {
        if (object_ != nullptr) object_->share();
    }
    shared_handle(shared_handle&& other) noexcept : object_(other.release()) {}
    shared_handle& operator=(shared_handle other) noexcept {
        T* const former = object_;
        object_ = other.object_;
        other.object_ = former;
        return *this;
    }
    ~shared_handle() { reset(); }

    /// Holds none from now on. Not said by `= {}`: Clang 14 does not destroy an argument made so.
    void reset() noexcept {
        if (T* const share = release()) share->let_go();
    }

    /// The share, which is the caller's to let go.
    [[nodiscard]] T* release() noexcept {
        T* const share = object_;
        object_ = nullptr;
        return share;
    }

    [[nodiscard]] T* get() const noexcept { return object_; }
    [[nodiscard]] T& operator*() const noexcept { return *object_; }
    [[nodiscard]] T* operator->() const noexcept { return object_; }

private:
    T* object_ = nullptr;
};

/// A share of one's own in an object that has others.
template <class T>
[[nodiscard]] shared_handle<T> share_in(T& object) noexcept {
    object.share();
    return shared_handle<T>(&object);
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
