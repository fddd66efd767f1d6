// SPDX-License-Identifier: MIT
#include <summit/summit.hpp>

#include <vector>

double in_two(const std::vector<float>& x) { return double{summit::logsumexp(x).item()}; }
