// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

#include <concepts>

/// Tags that name where work runs.
namespace summit::inline version0::device {

/// The processor this program runs on.
struct cpu {};

/// Apple's GPU. Its back end comes with <summit/metal.hpp>.
struct metal {};

} // namespace summit::inline version0::device

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// Whether work can run on a device: its back end is included, and there is one in this machine.
constexpr bool is_available(device::cpu) noexcept { return true; }

// A template, so that the function of <summit/metal.hpp> is another one and comes first where it is included.
template <std::same_as<device::metal> Device>
constexpr bool is_available(Device) noexcept {
    return false;
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
