// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors

#include <summit/summit.hpp>

#include <iostream>
#include <vector>

template <class T>
void print(const char* call, const summit::array<T>& y) {
    std::cout << call << "  shape " << to_string(y.shape()) << ' ';
    for (const T value : y) std::cout << ' ' << value;
    std::cout << '\n';
}

int main() {
    // exp(1000) overflows and exp(-1000) vanishes, in float as in double; their logarithms are of no trouble.
    const float a[2][3] = {{1000, 1001, 1002}, {-1000, -1001, -1002}};

    print("all axes     ", summit::logsumexp(a));
    print("axis 1       ", summit::logsumexp(a, 1));
    print("axis 0, kept ", summit::logsumexp(a, 0, true));

    // A view is a pointer, a shape and strides: transposing, slicing and reversing copy nothing.
    const summit::view<const float> v(&a[0][0], {2, 3});
    print("transposed   ", summit::logsumexp(v.transpose(), 0));
    print("every second ", summit::logsumexp(v.slice(1, 0, 3, 2), 1));

    // log(1 + exp(-40)): the small term is not lost.
    const std::vector<double> x = {0, -40};
    print("a vector     ", summit::logsumexp(x));
}
