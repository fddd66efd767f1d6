// expected: where to run must be device::cpu{}, device::metal{} or a stream on one of them
// SPDX-License-Identifier: MIT
// A number is not a place to run.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, 1, false, 4).size() == 2;
}
