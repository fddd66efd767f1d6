// expected: summit: a stream writes out after the call, when a temporary is gone
// SPDX-License-Identifier: MIT
// Results that nobody could ever read.
#include <summit/summit.hpp>

int main() {
    const summit::stream<summit::device::cpu> s;
    const summit::array<float> a({2, 3});
    summit::logsumexp_into(summit::array<float>({2}), a, 1, false, s);
}
