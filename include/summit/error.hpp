// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace summit::inline version0 {

/// The one form of every message: "summit::function: argument: what is wrong with which value".
inline std::string error_message(std::string_view function, std::string_view argument, std::string_view problem) {
    std::string message = "summit::";
    message.append(function).append(": ").append(argument).append(": ").append(problem);
    return message;
}

[[noreturn]] inline void throw_invalid_argument(std::string_view function, std::string_view argument,
                                                std::string_view problem) {
    throw std::invalid_argument(error_message(function, argument, problem));
}

[[noreturn]] inline void throw_length_error(std::string_view function, std::string_view argument,
                                            std::string_view problem) {
    throw std::length_error(error_message(function, argument, problem));
}

[[noreturn]] inline void throw_out_of_range(std::string_view function, std::string_view argument,
                                            std::string_view problem) {
    throw std::out_of_range(error_message(function, argument, problem));
}

} // namespace summit::inline version0
