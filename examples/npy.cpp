// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors

// npy FILE [--axis 0,2] [--keepdims] [--output OUT.npy]
//
// log Σ exp over the axes of a NumPy .npy file: printed, or written as another .npy file.
// Exits with 1 where a file is at fault, 2 where the command line is.

#include "npy_file.hpp"

#include <summit/summit.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <exception>
#include <iostream>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace {

struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct options {
    std::string input;
    std::optional<std::vector<std::ptrdiff_t>> axes; // none given: all of them
    bool keepdims = false;
    std::optional<std::string> output;
};

std::vector<std::ptrdiff_t> parse_axes(std::string_view list) {
    std::vector<std::ptrdiff_t> axes;
    const char* const end = list.data() + list.size();
    for (const char* at = list.data();; ++at) {
        std::ptrdiff_t axis = 0;
        const auto [after, error] = std::from_chars(at, end, axis);
        if (error != std::errc{} || (after != end && *after != ','))
            throw usage_error("--axis takes integers with commas between them, not " + npy::printable(list));
        axes.push_back(axis);
        if (after == end) return axes;
        at = after;
    }
}

options parse(const std::vector<std::string>& arguments) {
    options result;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const auto value = [&]() -> const std::string& {
            if (i + 1 == arguments.size()) throw usage_error(argument + " needs a value");
            return arguments[++i];
        };
        if (argument == "--axis")
            result.axes = parse_axes(value());
        else if (argument == "--keepdims")
            result.keepdims = true;
        else if (argument == "--output")
            result.output = value();
        else if (argument.starts_with('-'))
            throw usage_error("unknown option " + npy::printable(argument));
        else if (result.input.empty())
            result.input = argument;
        else
            throw usage_error("one FILE, not also " + npy::printable(argument));
    }
    if (result.input.empty()) throw usage_error("no FILE given");
    return result;
}

/// The fewest digits that read back as the same value.
template <class T>
void print_value(std::ostream& out, T value) {
    char digits[32];
    const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    // to_chars would show the sign bit of a NaN, which says nothing here.
    out << (std::isnan(value) ? std::string_view("nan") : std::string_view(digits, end));
}

/// Nested as NumPy prints; past a hundred elements only the first and last three along each axis.
template <class T>
void print(std::ostream& out, summit::view<const T> values, bool abbreviated, std::size_t depth = 0) {
    if (values.rank() == 0) {
        print_value(out, values.item());
        return;
    }
    constexpr std::ptrdiff_t edge = 3;
    // Where there are no elements the extents say nothing about how much there is to print.
    const std::ptrdiff_t extent = values.size() == 0 ? 0 : values.shape()[0];
    const bool lines = values.rank() > 1;
    out << '[';
    for (std::ptrdiff_t i = 0; i < extent; ++i) {
        if (i != 0) out << (lines ? "\n" + std::string(depth + 1, ' ') : " ");
        if (abbreviated && extent > 2 * edge && i == edge) {
            out << "...";
            i = extent - edge - 1;
        } else {
            print(out, values.select(0, i), abbreviated, depth + 1);
        }
    }
    out << ']';
}

template <class T>
void reduce(const options& chosen, summit::view<const T> values) {
    const summit::array<T> result = chosen.axes ? summit::logsumexp(values, *chosen.axes, chosen.keepdims)
                                                : summit::logsumexp(values, summit::all_axes, chosen.keepdims);
    if (chosen.output) {
        npy::write(*chosen.output, result);
        return;
    }
    constexpr std::ptrdiff_t most = 100;
    std::cout << "shape " << to_string(result.shape()) << '\n';
    print(std::cout, summit::view<const T>(result.data(), result.shape()), result.size() > most);
    std::cout << '\n' << std::flush;
    if (!std::cout) throw npy::file_error("standard output", "cannot be written");
}

} // namespace

int main(int argument_count, char** arguments) {
    options chosen;
    try {
        chosen = parse({arguments + (argument_count > 0), arguments + argument_count});
        const npy::file source = npy::read(chosen.input);
        std::visit([&](const auto& elements) { reduce(chosen, npy::view_of(source.elements_order, elements)); },
                   source.elements);
        return 0;
    } catch (const usage_error& error) {
        std::cerr << "npy: " << error.what() << "\nusage: npy FILE [--axis 0,2] [--keepdims] [--output OUT.npy]\n";
        return 2;
    } catch (const std::invalid_argument& error) { // an axis that the file does not have
        std::cerr << "npy: " << chosen.input << ": " << error.what() << '\n';
        return 2;
    } catch (const npy::file_error& error) {
        std::cerr << "npy: " << error.what() << '\n';
    } catch (const std::bad_alloc&) {
        std::cerr << "npy: " << chosen.input << ": not enough memory\n";
    } catch (const std::exception& error) { std::cerr << "npy: " << chosen.input << ": " << error.what() << '\n'; }
    return 1;
}
