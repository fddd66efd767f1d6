// expected: device::metal has no back end in this file: include <summit/metal.hpp>
// SPDX-License-Identifier: MIT
// A device whose back end is not included.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, 1, false, summit::device::metal{}).size() == 2;
}
