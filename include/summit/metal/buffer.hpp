// SPDX-License-Identifier: MIT
#pragma once

#include <summit/metal/objc.hpp>

#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace summit::inline version0::metal {

/// A buffer, and where in it what was asked for begins.
struct region {
    reference buffer;
    unsigned_integer offset = 0;
};

/// The smallest run of whole pages that holds some bytes.
struct page_span {
    std::uintptr_t first;
    std::size_t bytes;
};

[[nodiscard]] inline page_span whole_pages(std::uintptr_t address, std::size_t bytes, std::size_t page) noexcept {
    const std::uintptr_t first = address / page * page;
    return {first, (address - first + bytes + page - 1) / page * page};
}

/// throws   std::runtime_error, in the name of `function`: more than the device takes in one buffer
inline void check_length(std::string_view function, id device, std::size_t bytes) {
    const auto most = send<unsigned_integer>(device, "maxBufferLength");
    if (bytes > most)
        throw_metal_error(function, "maxBufferLength",
                          std::to_string(bytes) + " bytes where the device takes " + std::to_string(most) +
                              " in one buffer; device::cpu takes any number");
}

// Shared storage is options 0: one memory for both processors, nothing to copy and nothing to synchronise by hand.

/// The caller's own memory, in place. The buffer covers whole pages, as the device wants it; the kernels stay inside.
[[nodiscard]] inline region wrap(std::string_view function, id device, const void* memory, std::size_t bytes) {
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    const page_span pages = whole_pages(address, bytes, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
    check_length(function, device, pages.bytes);
    // No deallocator: the memory stays the caller's.
    return {checked(reference(send<id, void*, unsigned_integer, unsigned_integer, id>(
                        device, "newBufferWithBytesNoCopy:length:options:deallocator:",
                        reinterpret_cast<void*>(pages.first), pages.bytes, 0, nullptr)),
                    function, "newBufferWithBytesNoCopy"),
            address - pages.first};
}

/// Memory for a kernel to leave things in for another. bytes > 0.
[[nodiscard]] inline region scratch(std::string_view function, id device, std::size_t bytes) {
    check_length(function, device, bytes);
    return {checked(
        reference(send<id, unsigned_integer, unsigned_integer>(device, "newBufferWithLength:options:", bytes, 0)),
        function, "newBufferWithLength")};
}

} // namespace summit::inline version0::metal
