// expected: a stream on device::cpu comes with <summit/cpu/stream.hpp>
// SPDX-License-Identifier: MIT
// The operations alone leave out what only streams need.
#include <summit/logsumexp.hpp>

int main() {
    const summit::array<float> a({2, 3});
    const summit::stream<summit::device::cpu> s;
    return summit::logsumexp(a, 1, false, s).size() == 2;
}
