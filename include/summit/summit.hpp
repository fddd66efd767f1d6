// SPDX-License-Identifier: MIT
#pragma once

/// Every reduction, on the processor. Metal is added by one more include: <summit/metal.hpp>.
#include <summit/array.hpp>
#include <summit/as_view.hpp>
#include <summit/device.hpp>
#include <summit/dtype.hpp>
#include <summit/logsumexp.hpp>
#include <summit/shape.hpp>
#include <summit/stream.hpp>
#include <summit/version.hpp>
#include <summit/view.hpp>
