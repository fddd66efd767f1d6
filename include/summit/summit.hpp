// SPDX-License-Identifier: MIT
#pragma once

/// Every reduction, on the processor, and streams. Metal is added by one more include: <summit/metal.hpp>.
#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/axes.hpp>
#include <summit/device.hpp>
#include <summit/dtype.hpp>
#include <summit/logsumexp.hpp>
#include <summit/shape.hpp>
#include <summit/stream.hpp>
#include <summit/threads.hpp>
#include <summit/version.hpp>
#include <summit/view.hpp>

// Last, as it brings along what calls on a stream declare and calls on a device do without.
#include <summit/cpu/stream.hpp>
