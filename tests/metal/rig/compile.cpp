// SPDX-License-Identifier: MIT
// No Objective-C: there, with this runtime, clang does not catch C++ exceptions.
#include "compile.hpp"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

namespace rig {

namespace {

namespace fs = std::filesystem;

/// What a command prints; its exit status in `status`.
std::string output_of(const std::string& command, int& status) {
    std::string text;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no process for: " + command);
    char part[4096];
    for (std::size_t n = 0; (n = fread(part, 1, sizeof part, pipe)) != 0;) text.append(part, n);
    status = WEXITSTATUS(pclose(pipe));
    return text;
}

/// Puts RIG_MUTANT_TO in the place of the RIG_MUTANT_NTH occurrence of RIG_MUTANT_FROM, if that is set.
std::string mutated(std::string source) {
    const std::string from = variable("RIG_MUTANT_FROM");
    if (from.empty()) return source;
    std::size_t at = source.find(from);
    for (int left = std::stoi(variable("RIG_MUTANT_NTH", "1")); left > 1 && at != std::string::npos; --left)
        at = source.find(from, at + 1);
    if (at == std::string::npos) {
        std::fprintf(stderr, "rig: no such text to mutate: %s\n", from.c_str());
        std::_Exit(99);
    }
    return source.replace(at, from.size(), variable("RIG_MUTANT_TO"));
}

} // namespace

std::string variable(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? otherwise : value;
}

bool fails(const char* what) { return variable("RIG_FAIL") == what; }

compiled compile(const std::string& source, bool fast_math, std::vector<kernel_signature>& kernels) {
    std::string text;
    try {
        text = translate(mutated(source), kernels);
    } catch (const std::runtime_error& error) { return {nullptr, error.what()}; }
    // Contraction is Metal's default; without FMA there would be none.
    const std::string command =
        std::string(RIG_KERNEL_COMPILER) +
        " -x c++ -std=c++14 -O2 -g -fPIC -shared -march=x86-64-v3 -ffp-contract=fast --rtlib=compiler-rt -nostdinc"
        " -fno-exceptions -fno-rtti -fno-math-errno -D__METAL_VERSION__=310 -I" RIG_SHIM
        " -Wall -Wextra -Wno-unused-parameter -Wno-unused-function -Wno-unused-const-variable "
        "-Wno-nan-infinity-disabled -Werror " +
        (fast_math ? "-ffast-math -DRIG_FAST_MATH " : "") + RIG_KERNEL_FLAGS + " " + variable("RIG_KERNEL_FLAGS");

    fs::path folder = variable("RIG_CACHE", (fs::temp_directory_path() / "metal_rig").c_str());
    fs::create_directories(folder);
    const auto name = std::to_string(std::hash<std::string>{}(command + text));
    const fs::path library = folder / (name + ".so");
    if (!fs::exists(library)) {
        // Under a name of this process's own first: several may compile the same.
        const std::string mine = (folder / (name + "." + std::to_string(getpid()))).string();
        std::ofstream(mine + ".cpp") << text;
        int status = 0;
        std::string messages = output_of(command + " " + mine + ".cpp -o " + mine + ".so", status);
        if (status != 0) return {nullptr, messages};
        fs::rename(mine + ".so", library);
    }
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    return {handle, handle == nullptr ? dlerror() : ""};
}

} // namespace rig
