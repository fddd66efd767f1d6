// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

// NumPy's .npy files, as far as logsumexp needs them: float32 and float64, little-endian, any shape, C or Fortran order.
// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include "npy_header.hpp"

#include <summit/summit.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>

namespace npy {

static_assert(std::endian::native == std::endian::little, "elements are read as they lie in the file: little-endian");

/// What a file holds. In Fortran order the arrays have the file's shape reversed: that is how its elements lie.
struct file {
    order elements_order = order::c;
    std::variant<summit::array<float>, summit::array<double>> elements;
};

/// The size in bytes of all elements. Extents of 0 count as 1, as strides are made of the product of the others.
inline std::uintmax_t size_in_bytes(const std::string& path, const header& head, std::ptrdiff_t element_size) {
    std::ptrdiff_t bytes = element_size;
    bool empty = false;
    for (const std::ptrdiff_t extent : head.shape) {
        empty = empty || extent == 0;
        if (bytes > std::numeric_limits<std::ptrdiff_t>::max() / std::max<std::ptrdiff_t>(extent, 1))
            throw file_error(path, "shape " + to_string(head.shape) + " of " + head.dtype + " overflows");
        bytes *= std::max<std::ptrdiff_t>(extent, 1);
    }
    return empty ? 0 : static_cast<std::uintmax_t>(bytes);
}

template <class T>
summit::array<T> read_elements(const std::string& path, std::ifstream& in, const header& head,
                               std::uintmax_t bytes_left) {
    const std::uintmax_t bytes = size_in_bytes(path, head, sizeof(T));
    if (bytes_left != bytes) {
        throw file_error(path, (bytes_left < bytes ? "truncated: " : "trailing bytes: ") + std::to_string(bytes_left) +
                                   " bytes of elements found, " + std::to_string(bytes) + " needed for shape " +
                                   to_string(head.shape) + " of " + head.dtype);
    }
    summit::index_list shape = head.shape;
    if (head.elements_order == order::fortran)
        for (std::size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = head.shape[shape.size() - 1 - axis];
    summit::array<T> elements = summit::array<T>::uninitialised(shape);
    if (bytes != 0 && !in.read(reinterpret_cast<char*>(elements.data()), static_cast<std::streamsize>(bytes)))
        throw file_error(path, "cannot be read to its end");
    return elements;
}

/// Reads format versions 1.0, 2.0 and 3.0.
/// throws  file_error for anything but a whole, well-formed file of float32 or float64 of rank ≤ summit::max_rank
inline file read(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) throw file_error(path, "cannot be read: " + error.message());
    std::ifstream in(path, std::ios::binary);
    if (!in) throw file_error(path, "cannot be opened");

    // No length that the file claims is believed before it is held against the bytes that are there.
    std::uintmax_t bytes_left = size;
    const auto take = [&](std::uintmax_t count, const char* what) {
        if (count > bytes_left)
            throw file_error(path,
                             std::string("truncated in its ") + what + ": " + std::to_string(size) + " bytes in all");
        std::string bytes(static_cast<std::size_t>(count), '\0');
        if (!in.read(bytes.data(), static_cast<std::streamsize>(count)))
            throw file_error(path, "cannot be read to its end");
        bytes_left -= count;
        return bytes;
    };

    constexpr std::string_view magic = "\x93NUMPY";
    const std::string start = take(std::min<std::uintmax_t>(magic.size(), size), "magic");
    if (start != magic) throw file_error(path, "not a .npy file: starts with " + printable(start));
    const std::string version = take(2, "version");
    const int major = static_cast<unsigned char>(version[0]), minor = static_cast<unsigned char>(version[1]);
    if (major < 1 || major > 3 || minor != 0) {
        throw file_error(path, "format version " + std::to_string(major) + "." + std::to_string(minor) +
                                   " is not supported, only 1.0, 2.0 and 3.0");
    }
    const std::string length_bytes = take(major == 1 ? 2 : 4, "header length");
    std::uint32_t length = 0;
    std::memcpy(&length, length_bytes.data(), length_bytes.size());
    const std::string text = take(length, "header");
    const header head = header_parser(path, text).parse();

    if (head.dtype == "<f4" || head.dtype == "=f4" || head.dtype == "f4")
        return {head.elements_order, read_elements<float>(path, in, head, bytes_left)};
    if (head.dtype == "<f8" || head.dtype == "=f8" || head.dtype == "f8")
        return {head.elements_order, read_elements<double>(path, in, head, bytes_left)};
    throw file_error(path, "dtype " + printable(head.dtype) + " is not supported, only \"<f4\" and \"<f8\"" +
                               (head.dtype.starts_with('>') ? " (this one is big-endian)" : ""));
}

/// The elements where they lie: Fortran order is the transpose of C order over the reversed shape.
template <class T>
summit::view<const T> view_of(order elements_order, const summit::array<T>& elements) {
    const summit::view<const T> as_they_lie(elements.data(), elements.shape());
    return elements_order == order::c ? as_they_lie : as_they_lie.transpose();
}

/// Writes format version 1.0 in C order. The elements start at a multiple of 64 bytes, so that a mapped file is aligned.
/// throws  file_error where the file cannot be written whole
template <class T>
void write(const std::string& path, const summit::array<T>& values) {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
    std::string text = std::string("{'descr': '") + (sizeof(T) == 4 ? "<f4" : "<f8") +
                       "', 'fortran_order': False, 'shape': " + to_string(values.shape()) + ", }";
    constexpr std::size_t prefix = 10; // magic, version, length
    text.append(63 - (prefix + text.size()) % 64, ' ');
    text += '\n';

    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write("\x93NUMPY\x01\x00", 8);
    out.put(static_cast<char>(text.size() & 0xff)).put(static_cast<char>(text.size() >> 8));
    out << text;
    const std::streamsize bytes = values.size() * static_cast<std::streamsize>(sizeof(T));
    if (bytes != 0) out.write(reinterpret_cast<const char*>(values.data()), bytes);
    out.close();
    if (!out) throw file_error(path, "cannot be written");
}

} // namespace npy
