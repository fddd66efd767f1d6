// SPDX-License-Identifier: MIT
#pragma once

// The one home of the version: CMake reads these three lines. While the major version is 0 a minor version may change
// the interface; the inline namespace is named for the major version, so that objects built against two of them do
// not link into one by accident.
#define SUMMIT_VERSION_MAJOR 0
#define SUMMIT_VERSION_MINOR 1
#define SUMMIT_VERSION_PATCH 0
