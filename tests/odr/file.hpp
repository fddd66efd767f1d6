// SPDX-License-Identifier: MIT
#pragma once

#include <summit/array.hpp>
#include <summit/axes.hpp>
#include <summit/cpu/stream.hpp>
#include <summit/shape.hpp>
#include <summit/view.hpp>

/// What a file of the program gives to the others: functions that it compiled for its instruction set. Data alone has a name,
/// so that a program may hold a file that its processor could not run.
struct file {
    using stream = summit::stream<summit::device::cpu>;

    /// How many checks of calls, views, arrays, streams and foreign types fail.
    int (*failures)();
    /// How many checks of errors fail. Messages are made by std::string, whose functions a program has once.
    int (*failures_of_errors)();

    // Objects made in one file and used in another.
    stream (*make_stream)();
    summit::array<float> (*make_array)(const summit::index_list& shape, float value);
    summit::array<float> (*reduce)(const summit::array<float>& a, const summit::axes& which, const stream& where);
    void (*reduce_into)(summit::array<float>& out, const summit::array<float>& a, const stream& where);
    void (*overwrite)(summit::array<float>& out, const summit::view<const float>& a);
    summit::view<float> (*reverse)(const summit::view<float>& v);
    float (*item)(const summit::array<float>& a);
    void (*take)(summit::array<float> a, stream s);
};

extern const file one;
extern const file two;
