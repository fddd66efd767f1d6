// expected: keepdims_flag(T)
// expected: deleted
// SPDX-License-Identifier: MIT
// Two axes without their braces: the second would silently mean keepdims.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    return summit::logsumexp(a, 0, 1).size() == 1;
}
