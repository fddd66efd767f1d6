// SPDX-License-Identifier: MIT
// A program compiled with hidden visibility, and linked with the shared library: every kind of element is called.
#include <summit/summit.hpp>

#include <cmath>
#include <complex>
#include <cstdio>

namespace {

template <class T>
bool is_right() {
    const T x[] = {T(1), T(1)};
    const auto y = summit::logsumexp(x).item();
    const double wanted = 1 + std::log(2.0);
    if (std::abs(static_cast<std::complex<double>>(y) - wanted) < 1e-2) return true;
    std::fprintf(stderr, "another result for elements of %zu bytes\n", sizeof(T));
    return false;
}

} // namespace

int main() {
    // Narrow floats are no arithmetic types everywhere: their results stay theirs.
    const summit::float16 x[] = {summit::float16(1.0F), summit::float16(1.0F)};
    const bool narrow = std::abs(static_cast<float>(summit::logsumexp(x).item()) - 1.6931F) < 1e-2F;
    std::printf("%s\n", summit::cpu::dispatched::name());
    return narrow && is_right<float>() && is_right<double>() && is_right<signed char>() && is_right<long long>() &&
                   is_right<std::complex<float>>()
               ? 0
               : 1;
}
