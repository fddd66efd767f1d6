// SPDX-License-Identifier: MIT
#include "bits/print.hpp"

#include <complex>
#include <cstdio>

int main() {
    std::fprintf(stderr, "%s\n", architecture::name());
    print<std::complex<float>>("complex float");
    print<std::complex<double>>("complex double");
}
