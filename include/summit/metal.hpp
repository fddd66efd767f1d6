// SPDX-License-Identifier: MIT
#pragma once

/// Metal as a place to run: device::metal{} and stream<device::metal>, where summit.hpp has the processor alone. On
/// Apple's systems only; link the frameworks Metal and Foundation, or the CMake target summit::metal.
#include <summit/summit.hpp>

#include <summit/metal/stream.hpp>
