// expected: out must hold mutable elements of the result's type
// SPDX-License-Identifier: MIT
// Results are not converted on the way out.
#include <summit/summit.hpp>

int main() {
    const summit::array<float> a({2, 3});
    summit::array<double> y({2});
    summit::logsumexp_into(y, a, 1);
}
