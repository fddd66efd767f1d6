// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include "accuracy/reduce.hpp"

#include "support/oracle.hpp"
#include "support/random_case.hpp"
#include "support/ulp.hpp"

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <vector>

namespace accuracy {

template <class T>
[[nodiscard]] constexpr std::string_view name_of() {
    if constexpr (std::same_as<T, float>)
        return "float";
    else if constexpr (std::same_as<T, double>)
        return "double";
    else if constexpr (std::same_as<T, summit::float16>)
        return "float16";
    else if constexpr (std::same_as<T, summit::bfloat16>)
        return "bfloat16";
    else if constexpr (summit::float16_like<T>)
        return "_Float16";
    else if constexpr (summit::bfloat16_like<T>)
        return "__bf16";
    else if constexpr (std::same_as<T, bool>)
        return "bool";
    else if constexpr (std::is_signed_v<T>)
        return sizeof(T) == 1 ? "int8" : sizeof(T) == 2 ? "int16" : sizeof(T) == 4 ? "int32" : "int64";
    else
        return sizeof(T) == 1 ? "uint8" : sizeof(T) == 2 ? "uint16" : sizeof(T) == 4 ? "uint32" : "uint64";
}

/// What is promised: units in the last place of the result; for double of max(|result|, 1).
template <class T>
inline constexpr double promised = std::same_as<T, double> ? 2.0 : 1.0;

/// The error in the unit of the promise.
template <class T>
[[nodiscard]] double error_of(const support::exact_result& wanted, summit::result_t<T> got) {
    return wanted.error(got, std::same_as<T, double>);
}

/// The largest error of one type on one family of inputs.
struct worst {
    double error = -1.0;
    double relative = 0.0; ///< in units in the last place of the result itself, at the same input
    std::string input;
};

/// Enters an error into the table that the run prints at its end. `input` is called where it is the largest so far.
void enter(std::string_view type, std::string_view family, double error, double relative,
           const std::function<std::string()>& input);

/// The largest error entered for a type and a family.
[[nodiscard]] worst entered(std::string_view type, std::string_view family);

/// Judges a result, and enters its error.
template <class T, class Input>
double judge(std::string_view family, const support::exact_result& wanted, summit::result_t<T> got,
             const Input& input) {
    const double error = error_of<T>(wanted, got);
    const double relative = std::same_as<T, double> ? wanted.error(got) : error;
    enter(name_of<T>(), family, error, relative, [&] {
        return input() + " got " + support::describe(got) +
               (wanted.is == support::exact_result::kind::number
                    ? " wanted " + support::describe(wanted.value.to_double())
                    : std::string(" wanted a special value"));
    });
    return error;
}

/// Calls work(index) for every index below count, on all processors.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::exception_ptr failed;
    const auto share = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++) work(i);
        } catch (...) {
            const std::lock_guard lock(mutex);
            failed = std::current_exception();
        }
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < std::max(1U, std::thread::hardware_concurrency()); ++i) others.emplace_back(share);
    share();
    for (auto& other : others) other.join();
    if (failed) std::rethrow_exception(failed);
}

} // namespace accuracy
