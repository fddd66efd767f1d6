// SPDX-License-Identifier: MIT
#pragma once

#include <summit/view.hpp>

#include "support/layouts.hpp"

#include <cstddef>
#include <new>
#include <span>

#include <sys/mman.h>
#include <unistd.h>

namespace support {

/// Memory between two pages that nobody may touch: an access there ends the program.
class guarded_memory {
public:
    explicit guarded_memory(std::size_t bytes)
        : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), inside_((bytes + page_ - 1) / page_ * page_) {
        void* const address = ::mmap(nullptr, inside_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (address == MAP_FAILED) throw std::bad_alloc();
        base_ = static_cast<std::byte*>(address);
        if (inside_ != 0 && ::mprotect(base_ + page_, inside_, PROT_READ | PROT_WRITE) != 0) {
            ::munmap(base_, inside_ + 2 * page_);
            throw std::bad_alloc();
        }
    }
    ~guarded_memory() { ::munmap(base_, inside_ + 2 * page_); }
    guarded_memory(const guarded_memory&) = delete;
    guarded_memory& operator=(const guarded_memory&) = delete;

    /// Where `bytes` bytes end, or begin, at a page that nobody may touch.
    [[nodiscard]] std::byte* place(std::size_t bytes, bool at_end) const {
        return base_ + page_ + (at_end ? inside_ - bytes : 0);
    }

private:
    std::size_t page_;
    std::size_t inside_;
    std::byte* base_ = nullptr;
};

/// Elements of any shape at any strides, of which the lowest begins behind such a page, or the highest ends before one.
template <class T>
class between_pages {
public:
    between_pages(const summit::index_list& shape, const summit::index_list& strides, bool at_end)
        : within_(reach_of(shape, strides)),
          memory_(within_.size() * sizeof(T)),
          shape_(shape),
          strides_(strides),
          first_(reinterpret_cast<T*>(memory_.place(within_.size() * sizeof(T), at_end))) {}

    /// All memory from the lowest element to the highest.
    [[nodiscard]] std::span<T> all() { return {first_, within_.size()}; }
    [[nodiscard]] summit::view<T> elements() { return {first_ - within_.lowest, shape_, strides_}; }
    [[nodiscard]] summit::view<const T> constant() { return elements(); }

private:
    reach within_;
    guarded_memory memory_;
    summit::index_list shape_;
    summit::index_list strides_;
    T* first_;
};

} // namespace support
