// SPDX-License-Identifier: MIT
// Writes the text of the library for each kind of element into a file of its own, for other compilers to read.
#include <summit/metal.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

namespace {

template <class T>
bool print(const std::string& folder, const char* name) {
    const std::string text = summit::metal::library_text<summit::op::log_sum_exp, T>();
    std::ofstream(folder + "/" + name + ".metal") << text;
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2) return 1;
    const std::string folder = arguments[1];
    const bool ascii = print<float>(folder, "float") && print<summit::float16>(folder, "float16") &&
                       print<summit::bfloat16>(folder, "bfloat16") && print<std::int8_t>(folder, "int8") &&
                       print<std::int16_t>(folder, "int16") && print<std::int32_t>(folder, "int32") &&
                       print<std::int64_t>(folder, "int64") && print<bool>(folder, "bool") &&
                       print<std::uint16_t>(folder, "uint16") && print<std::uint32_t>(folder, "uint32") &&
                       print<std::uint64_t>(folder, "uint64");
    if (!ascii) std::cerr << "the text is not plain ASCII\n";
    return ascii ? 0 : 1;
}
