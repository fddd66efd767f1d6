// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace rig {

struct parameter {
    std::string type, name, attribute;
    int index = -1; ///< of a buffer
};

struct kernel_signature {
    std::string name;
    std::vector<parameter> parameters;
};

/// Metal's language as C++ that the shim can compile, line for line: threadgroup variables become references to the
/// machine's memory, and an entry for the machine follows for each kernel. Fills `kernels` with what it found.
/// throws   std::runtime_error: an attribute that Metal, or the rig, does not know
[[nodiscard]] std::string translate(const std::string& source, std::vector<kernel_signature>& kernels);

} // namespace rig
