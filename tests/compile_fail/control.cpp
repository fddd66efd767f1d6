// SPDX-License-Identifier: MIT
// Breaks no rule, and compiles.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    summit::array<float> y({2});
    summit::logsumexp_into(y, a, 1, false, summit::device::cpu{});
}
