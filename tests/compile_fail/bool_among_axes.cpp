// expected: axis(bool)
// SPDX-License-Identifier: MIT
// A bool among the axes is no axis either.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, {0, true}).size() == 1;
}
