// expected: deleted function
// expected: as_view
// SPDX-License-Identifier: MIT
// The array is gone before its view is used.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    const auto v = as_view(summit::logsumexp(a, 1));
    return v.size() == 2;
}
