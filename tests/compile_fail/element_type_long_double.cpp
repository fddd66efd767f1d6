// expected: summit: the element type must be float, double
// SPDX-License-Identifier: MIT
// No vector holds long doubles.
#include <summit/summit.hpp>

int main() {
    const summit::array<long double> a({2, 3});
    return summit::logsumexp(a, 1).size() == 2;
}
