// SPDX-License-Identifier: MIT
#include "bits/print.hpp"

#include <cstdio>

int main() {
    std::fprintf(stderr, "%s\n", architecture::name());
    print<float>("float");
    print<double>("double");
}
