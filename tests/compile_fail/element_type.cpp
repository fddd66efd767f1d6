// expected: summit: the element type must be float, double
// SPDX-License-Identifier: MIT
// Text has no exponential.
#include <summit/summit.hpp>

#include <string>
#include <vector>

int main() {
    const std::vector<std::string> words{"one", "two"};
    return summit::logsumexp(words).size() == 1;
}
