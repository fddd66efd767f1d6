// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// What a thread keeps between its calls. Not on its stack: a stream's thread has 128 KB of that where the C library is
/// musl, and what a tile needs is more.
class kept_memory {
public:
    constexpr kept_memory() noexcept = default;
    kept_memory(const kept_memory&) = delete;
    kept_memory& operator=(const kept_memory&) = delete;
    [[gnu::always_inline]] kept_memory(kept_memory&& other) noexcept
        : begin_(std::exchange(other.begin_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    [[gnu::always_inline]] kept_memory& operator=(kept_memory&& other) noexcept {
        std::swap(begin_, other.begin_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    [[gnu::always_inline]] ~kept_memory() { release(); }

    /// Holds `bytes` from now on. What was in it is lost.
    /// throws   std::bad_alloc
    [[gnu::always_inline]] void grow(std::size_t bytes) {
        if (bytes <= bytes_) return;
        release();
        begin_ = ::operator new(bytes, alignment);
        bytes_ = bytes;
    }

    [[nodiscard, gnu::always_inline]] std::byte* begin() const noexcept { return static_cast<std::byte*>(begin_); }
    [[nodiscard, gnu::always_inline]] std::size_t bytes() const noexcept { return bytes_; }

    static constexpr std::align_val_t alignment{64}; ///< of the widest vector and of a cache line

private:
    [[gnu::always_inline]] void release() noexcept {
        if (begin_ != nullptr) ::operator delete(std::exchange(begin_, nullptr), alignment);
        bytes_ = 0;
    }

    void* begin_ = nullptr;
    std::size_t bytes_ = 0;
};

/// How many bytes `count` objects of type T take in a workspace.
template <class T>
[[nodiscard, gnu::always_inline]] constexpr std::size_t workspace_bytes(std::ptrdiff_t count = 1) noexcept {
    static_assert(std::is_trivially_destructible_v<T> &&
                  alignof(T) <= static_cast<std::size_t>(kept_memory::alignment));
    constexpr auto unit = static_cast<std::size_t>(kept_memory::alignment);
    return (sizeof(T) * static_cast<std::size_t>(count) + unit - 1) / unit * unit;
}

/// The memory of one call, for all threads that work on it: taken before the work begins, so that nothing is left to fail
/// afterwards. The calling thread keeps it for its next call, and frees it at its end. A call in the middle of another one
/// of the same thread, as from a signal's handler, finds none kept and has memory of its own.
template <class Arch>
class workspace {
public:
    /// throws   std::bad_alloc
    explicit workspace(std::size_t bytes) : memory_(std::move(kept())) {
        memory_.grow(bytes);
        next_ = memory_.begin();
    }
    workspace(const workspace&) = delete;
    workspace& operator=(const workspace&) = delete;
    ~workspace() {
        if (kept().bytes() < memory_.bytes()) kept() = std::move(memory_);
    }

    /// The next `count` objects' memory, nothing in it yet: workspace_bytes<T>(count) of those asked for.
    template <class T>
    [[nodiscard]] void* take(std::ptrdiff_t count = 1) noexcept {
        return std::exchange(next_, next_ + workspace_bytes<T>(count));
    }

private:
    static kept_memory& kept() noexcept {
        static thread_local kept_memory memory;
        return memory;
    }

    kept_memory memory_;
    std::byte* next_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
