// expected: std::vector<bool> packs its elements into bits
// SPDX-License-Identifier: MIT
// std::vector<bool> packs its elements: there is no address to read them from.
#include <summit/summit.hpp>

#include <vector>

int main() {
    const std::vector<bool> bits{true, false};
    return summit::logsumexp(bits).size() == 1;
}
