// SPDX-License-Identifier: MIT
#include "bits/print.hpp"

#include <cstdint>
#include <cstdio>

// Of the integers the narrowest and the widest: one loop reads them all.
int main() {
    std::fprintf(stderr, "%s\n", architecture::name());
    print<summit::float16>("float16");
    print<summit::bfloat16>("bfloat16");
    print<std::uint8_t>("uint8");
    print<std::int64_t>("int64");
}
