// expected: device::metal has no back end in this file: include <summit/metal.hpp>
// SPDX-License-Identifier: MIT
// A stream on a device whose back end is not included. To ask whether it is available is no mistake.
#include <summit/summit.hpp>

int main() {
    static_assert(!summit::is_available(summit::device::metal{}));
    const summit::array<float> a({2, 3});
    const summit::stream<summit::device::metal> s;
    const auto y = summit::logsumexp(a, 1, false, s);
    s.synchronize();
    return y.size() == 2;
}
