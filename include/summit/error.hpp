// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET {

/// The one form of every message: "summit::function: argument: what is wrong with which value".
inline std::string error_message(std::string_view function, std::string_view argument, std::string_view problem) {
    std::string message = "summit::";
    message.append(function).append(": ").append(argument).append(": ").append(problem);
    return message;
}

/// Throws an Error that says `message`. Where exceptions are switched off, prints the message and aborts.
template <class Error>
[[noreturn]] inline void throw_error(const std::string& message) {
#if defined(__cpp_exceptions)
    throw Error(message);
#else
    std::fprintf(stderr, "%s\n", message.c_str());
    std::abort();
#endif
}

/// Does `task`, and returns what it threw: null if nothing, std::bad_alloc if not even a message found memory.
template <class Task>
[[nodiscard]] std::exception_ptr failure_of(const Task& task) noexcept {
#if defined(__cpp_exceptions)
    try {
        task();
    } catch (...) { return std::current_exception(); }
#else
    task();
#endif
    return nullptr;
}

[[noreturn]] inline void throw_invalid_argument(std::string_view function, std::string_view argument,
                                                std::string_view problem) {
    throw_error<std::invalid_argument>(error_message(function, argument, problem));
}

[[noreturn]] inline void throw_length_error(std::string_view function, std::string_view argument,
                                            std::string_view problem) {
    throw_error<std::length_error>(error_message(function, argument, problem));
}

[[noreturn]] inline void throw_out_of_range(std::string_view function, std::string_view argument,
                                            std::string_view problem) {
    throw_error<std::out_of_range>(error_message(function, argument, problem));
}

} // namespace summit::inline version0::inline SUMMIT_INSTRUCTION_SET
