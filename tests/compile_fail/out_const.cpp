// expected: out must hold mutable elements of the result's type
// SPDX-License-Identifier: MIT
// Nothing is written to const elements.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    const summit::array<float> y({2});
    summit::logsumexp_into(y, a, 1);
}
