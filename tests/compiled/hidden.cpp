// SPDX-License-Identifier: MIT
// A program compiled with hidden visibility, and linked with the shared library: every kind of element is called.
#include <summit/summit.hpp>

#include <cmath>
#include <complex>
#include <cstdio>
#include <filesystem>
#include <iterator>

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

/// Whether the library heeds what this program says of threads: one variable serves both.
bool keeps_to_one_thread() {
#if defined(__linux__)
    const auto threads = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                             std::filesystem::directory_iterator());
    };
    const auto before = threads();
    summit::max_threads(1);
    const summit::array<float> x({1 << 10, 1 << 10});
    static_cast<void>(summit::logsumexp(x, 1));
    if (threads() != before) {
        std::fprintf(stderr, "more threads than max_threads(1) allows\n");
        return false;
    }
#endif
    return true;
}

} // namespace

int main() {
    if (!keeps_to_one_thread()) return 1;
    // Narrow floats are no arithmetic types everywhere: their results stay theirs.
    const summit::float16 x[] = {summit::float16(1.0F), summit::float16(1.0F)};
    const bool narrow = std::abs(static_cast<float>(summit::logsumexp(x).item()) - 1.6931F) < 1e-2F;
    std::printf("%s\n", summit::cpu::dispatched::name());
    return narrow && is_right<float>() && is_right<double>() && is_right<signed char>() && is_right<long long>() &&
                   is_right<std::complex<float>>()
               ? 0
               : 1;
}
