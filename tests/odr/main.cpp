// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdio>
#include <vector>

double in_one(const std::vector<float>& x);
double in_two(const std::vector<float>& x);

int main() {
    const std::vector<float> x(1000, -1.0F);
    const double expected = -1.0 + std::log(1000.0);
    const double one = in_one(x);
    const double two = in_two(x);
    std::printf("expected %.9g, plain %.9g, native %.9g\n", expected, one, two);
    // The bits may differ: the plain architecture may lack FMA.
    return std::abs(one - expected) < 1e-6 && std::abs(two - expected) < 1e-6 ? 0 : 1;
}
