// expected: summit: a stream reads its input after the call, when a temporary is gone
// SPDX-License-Identifier: MIT
// A vector that is gone before the stream reads it.
#include <summit/summit.hpp>

#include <vector>

int main() {
    const summit::stream<summit::device::cpu> s;
    return summit::logsumexp(std::vector<float>(100), 0, false, s).size() == 1;
}
