// SPDX-License-Identifier: MIT
#pragma once

/// Tags that name where work runs.
namespace summit::inline version0::device {

/// The processor this program runs on.
struct cpu {};

/// Apple's GPU. Its back end comes with <summit/metal.hpp>.
struct metal {};

} // namespace summit::inline version0::device
