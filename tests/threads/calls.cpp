// SPDX-License-Identifier: MIT
//
// Reduces each case from several threads at once and prints the bits: whatever this was built with, the same.
#include "threads/cases.hpp"

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

template <class T>
void print(const char* type) {
    threads::for_each_input<T>([&](const auto& in) {
        std::array<std::uint64_t, 3> got{};
        std::vector<std::thread> users;
        for (auto& one : got) users.emplace_back([&] { one = in.reduce(); });
        for (auto& user : users) user.join();
        for (std::uint64_t one : got) std::printf("%s %s: %016" PRIx64 "\n", type, in.name.c_str(), one);
    });
}

int main() {
    print<float>("float");
    print<double>("double");
}
