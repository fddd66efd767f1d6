// SPDX-License-Identifier: MIT
#include <summit/summit.hpp>

#include <cmath>
#include <cstdio>

int main() {
    const float x[] = {1000.0F, 1000.0F};
    const float y = summit::logsumexp(x).item();
    std::printf("summit %d.%d.%d: logsumexp({1000, 1000}) = %g\n", SUMMIT_VERSION_MAJOR, SUMMIT_VERSION_MINOR,
                SUMMIT_VERSION_PATCH, double{y});
    return std::abs(double{y} - (1000.0 + std::log(2.0))) < 1e-3 ? 0 : 1;
}
