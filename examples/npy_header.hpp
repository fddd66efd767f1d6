// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

// The header of a NumPy .npy file: a Python dict literal.

#include <summit/summit.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace npy {

/// What is wrong with a file: "faithful.npy: …", always naming the file and what was found in it.
struct file_error : std::runtime_error {
    file_error(const std::string& path, const std::string& what) : std::runtime_error(path + ": " + what) {}
};

enum class order { c, fortran };

struct header {
    std::string dtype;
    order elements_order = order::c;
    summit::index_list shape;
};

/// Text from a file, fit for a message: short, and without bytes that a terminal would act upon.
inline std::string printable(std::string_view text) {
    constexpr std::size_t longest = 60;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f)
            result += c;
        else
            result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return result + (text.size() > longest ? "\"..." : "\"");
}

/// Reads the dict literal of a header: the subset of Python that NumPy writes for plain arrays, and nothing else.
class header_parser {
public:
    header_parser(std::string path, std::string_view text) : path_(std::move(path)), text_(text), rest_(text) {}

    header parse() {
        header result;
        bool has_dtype = false, has_order = false, has_shape = false;
        expect('{', "a dict");
        while (!accept('}')) {
            const std::string key = string("a key in quotes");
            bool* seen = key == "descr"           ? &has_dtype
                         : key == "fortran_order" ? &has_order
                         : key == "shape"         ? &has_shape
                                                  : nullptr;
            if (seen == nullptr) fail("unknown key " + printable(key));
            if (std::exchange(*seen, true)) fail("key " + printable(key) + " given twice");
            expect(':', "':' after a key");
            if (seen == &has_dtype)
                result.dtype = dtype();
            else if (seen == &has_order)
                result.elements_order = boolean() ? order::fortran : order::c;
            else
                result.shape = shape();
            if (!accept(',')) {
                expect('}', "',' or '}' after a value");
                break;
            }
        }
        skip_space();
        if (!rest_.empty()) fail("something after the dict");
        if (!has_dtype) fail("no key \"descr\"");
        if (!has_order) fail("no key \"fortran_order\"");
        if (!has_shape) fail("no key \"shape\"");
        return result;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw file_error(path_, "bad header: " + what + ", in " + printable(text_));
    }

    void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

    bool accept(std::string_view token) {
        skip_space();
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }

    bool accept(char token) { return accept(std::string_view(&token, 1)); }

    void expect(char token, const std::string& expected) {
        if (!accept(token)) fail("expected " + expected);
    }

    std::string string(const std::string& expected) {
        const char quote = accept('\'') ? '\'' : accept('"') ? '"' : '\0';
        const std::size_t length = quote == '\0' ? std::string_view::npos : rest_.find(quote);
        if (length == std::string_view::npos) fail("expected " + expected);
        const std::string result(rest_.substr(0, length));
        rest_.remove_prefix(length + 1);
        return result;
    }

    std::string dtype() {
        if (accept('[')) throw file_error(path_, "structured dtype is not supported, only float32 and float64");
        return string("a dtype in quotes");
    }

    bool boolean() {
        if (accept("True")) return true;
        if (accept("False")) return false;
        fail("expected True or False for \"fortran_order\"");
    }

    summit::index_list shape() {
        summit::index_list result;
        expect('(', "a tuple for \"shape\"");
        bool comma = true;
        while (!accept(')')) {
            if (!comma) fail("expected ',' or ')' in \"shape\"");
            if (result.size() == summit::max_rank)
                fail("more than " + std::to_string(summit::max_rank) + " dimensions are not supported");
            result.push_back(extent());
            comma = accept(',');
        }
        // (3) is a number to Python; only (3,) is a tuple.
        if (result.size() == 1 && !comma) fail("\"shape\" is a number, not a tuple");
        return result;
    }

    std::ptrdiff_t extent() {
        constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
        if (accept('-')) fail("negative extent in \"shape\"");
        skip_space();
        std::ptrdiff_t result = 0;
        std::size_t digits = 0;
        for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
            const std::ptrdiff_t digit = rest_[digits] - '0';
            if (result > (most - digit) / 10) fail("extent in \"shape\" overflows");
            result = result * 10 + digit;
        }
        if (digits == 0) fail("expected an extent in \"shape\"");
        rest_.remove_prefix(digits);
        if (rest_.starts_with('L')) { rest_.remove_prefix(1); } // Python 2 wrote long integers so
        return result;
    }

    std::string path_;
    std::string_view text_;
    std::string_view rest_;
};

} // namespace npy
