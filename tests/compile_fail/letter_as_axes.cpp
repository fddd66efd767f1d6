// expected: axes(Letter)
// expected: deleted
// SPDX-License-Identifier: MIT
// A letter is no axis.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, '1').size() == 2;
}
