// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

/// A directory for one test's files, gone with all it holds when the test ends.
class scratch_directory {
public:
    scratch_directory()
        : path_(std::filesystem::temp_directory_path() / ("summit_examples_" + std::to_string(getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~scratch_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

struct outcome {
    int status;
    std::string output; // standard output and standard error as they came
};

/// Runs one of the built examples.
inline outcome run(const std::string& example, std::initializer_list<std::string> arguments) {
    const auto quoted = [](const std::string& text) {
        std::string result = "'";
        for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
        return result + "'";
    };
    std::string command = quoted(SUMMIT_BUILT_EXAMPLES "/" + example);
    for (const std::string& argument : arguments) command += " " + quoted(argument);
    std::FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    outcome result{};
    char buffer[4096];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe)) result.output.append(buffer, count);
    const int status = pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1; // -1: killed by a signal
    return result;
}
