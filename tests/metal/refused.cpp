// SPDX-License-Identifier: MIT
// Does not compile: elements that the device has no arithmetic for, on the device and on a stream.
#include <summit/metal.hpp>

#include <complex>

int main() {
    const summit::array<SUMMIT_ELEMENT> x({3});
#if defined(SUMMIT_ON_STREAM)
    const summit::stream<summit::device::metal> where;
#else
    const summit::device::metal where;
#endif
    return summit::logsumexp(x, 0, false, where).size() == 1 ? 0 : 1;
}
