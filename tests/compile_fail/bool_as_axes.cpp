// expected: axes(bool)
// SPDX-License-Identifier: MIT
// keepdims in the place of the axes: it would silently mean axis 1.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, true).size() == 1;
}
