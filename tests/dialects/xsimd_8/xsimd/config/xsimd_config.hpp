// SPDX-License-Identifier: MIT
// As much of xsimd 8 as is read of it.
#pragma once

#define XSIMD_VERSION_MAJOR 8
