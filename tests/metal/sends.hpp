// SPDX-License-Identifier: MIT
#pragma once

// Included in front of every file of the tests: holds each message that the library sends against the method that answers
// it, by the types that the runtime knows, and ends the program where they differ.
#define SUMMIT_METAL_OBSERVE_SENDS

#include <objc/runtime.h>

#include <concepts>
#include <string>

namespace summit::inline version0::metal {

struct grid_size;

template <class T>
[[nodiscard]] std::string encoding_of() {
    if constexpr (std::same_as<T, void>) return "v";
    if constexpr (std::same_as<T, id>) return "@";
    if constexpr (std::same_as<T, SEL>) return ":";
    if constexpr (std::same_as<T, bool>) return "B";
    if constexpr (std::same_as<T, unsigned long>) return "Q";
    if constexpr (std::same_as<T, long>) return "q";
    if constexpr (std::same_as<T, grid_size>) return "{QQQ}";
    if constexpr (std::same_as<T, const char*>) return "*";
    if constexpr (std::same_as<T, void*> || std::same_as<T, const void*>) return "^v";
    if constexpr (std::same_as<T, id*>) return "^@";
    return "a type that no method takes";
}

/// Ends the program unless `encoding` is that of the method.
void check_send(id receiver, SEL selector, const std::string& encoding);

template <class Result, class... Arguments>
void observe_send(id receiver, SEL selector) {
    check_send(receiver, selector, (encoding_of<Result>() + ... + encoding_of<Arguments>()));
}

} // namespace summit::inline version0::metal
