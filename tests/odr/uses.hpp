// SPDX-License-Identifier: MIT
// Everything that is public, used in the file that includes this. All names are the file's own, and nothing of the standard
// library that is a template is called: two files would have it in common, and the linker would choose.
#pragma once

#include "file.hpp"

#include <summit/summit.hpp>

#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace {

using summit::logsumexp;
using summit::logsumexp_into;

int failures = 0;

void expect(bool holds, const char* what) {
    if (holds) return;
    ++failures;
    std::printf("failed: %s\n", what);
}

bool is_near(double x, double wanted) { return std::fabs(x - wanted) <= 0.01; }

double value_of(double x) { return x; }
double value_of(const std::complex<float>& x) { return double{x.real()}; }
double value_of(summit::float16 x) { return double{static_cast<float>(x)}; }

/// Rows, columns, many of them and few, long and short, by value and into memory.
template <class T>
void use_element_type(const char* name) {
    static T x[64 * 48];
    for (T& each : x) each = static_cast<T>(1.0F);
    const summit::view<const T> v(x, {64, 48});
    const summit::array<summit::result_t<T>> rows = logsumexp(v, 1);
    const summit::array<summit::result_t<T>> columns = logsumexp(v, {0}, true);
    expect(is_near(value_of(rows(63)), 1 + std::log(48.0)), name);
    expect(is_near(value_of(columns(0, 47)), 1 + std::log(64.0)), name);
    expect(is_near(value_of(logsumexp(v).item()), 1 + std::log(64.0 * 48.0)), name);
    summit::result_t<T> out[48];
    logsumexp_into(out, v, 0);
    expect(is_near(value_of(out[5]), 1 + std::log(64.0)), name);
}

void use_element_types() {
    use_element_type<float>("float");
    use_element_type<double>("double");
    use_element_type<summit::float16>("float16");
    use_element_type<std::int32_t>("int32_t");
    use_element_type<std::complex<float>>("complex<float>");
}

void use_views() {
    float x[2][3][4];
    for (int i = 0; i != 24; ++i) (&x[0][0][0])[i] = static_cast<float>(i);
    const summit::view<float> v = summit::as_view(x);
    const summit::view<const float> c = v;
    expect(c(1, 2, 3) == 23 && c.size() == 24 && c.rank() == 3, "an element");
    expect(v.slice(2, 3, -1, -2)(0, 0, 1) == 1, "slice");
    expect(v.select(1, 2)(1, 3) == 23 && v.select(1, 2).size() == 8, "select");
    expect(v.reverse(0)(0, 0, 0) == 12, "reverse");
    expect(v.transpose()(3, 2, 1) == 23, "transpose");
    expect(v.transpose({1, 0, 2})(2, 1, 3) == 23, "transpose of an order");
    expect(v.select(0, 0).select(0, 0).broadcast({5, 4})(4, 1) == 1, "broadcast");
    expect(v.slice(0, 1, 2).slice(1, 0, 1).slice(2, 0, 1).item() == 12, "item");
    // Unsorted, with negative strides and a repeat.
    const auto y = logsumexp(v.transpose({2, 0, 1}).reverse(0), {0, -1});
    expect(is_near(double{y(1)}, 23.4587), "a sum of what is reversed and transposed");
    expect(
        is_near(double{logsumexp(v.slice(2, 0, 1).select(2, 0).broadcast({7, 2, 3})).item()}, 20.0185 + std::log(7.0)),
        "repeats");
    summit::view<float> assigned = v.reverse(1);
    assigned = v;
    expect(assigned.data() == v.data() && assigned.strides() == summit::index_list{12, 4, 1},
           "a view that is assigned to");
    expect(logsumexp(v.slice(1, 1, 1), 1)(0, 0) == -std::numeric_limits<float>::infinity(), "nothing to sum");
}

void use_arrays() {
    summit::array<float> a({2, 2}, {1, 2, 3, 4});
    summit::array<float> copy = a;
    copy(1, 1) = 5;
    expect(a(1, 1) == 4 && copy.begin()[3] == 5 && copy.end() - copy.begin() == 4, "a copy");
    summit::array<float> moved = static_cast<summit::array<float>&&>(copy);
    expect(copy.size() == 0 && moved.size() == 4 && moved.strides() == summit::index_list{2, 1}, "a moved array");
    a = moved;
    a = logsumexp(a, 0, true);
    expect(a.shape() == summit::index_list{1, 2} && a.rank() == 2 && a.ready(), "an array that is assigned to");
    a.wait();
    const summit::array<double> zeros({3});
    expect(zeros(2) == 0, "zeros");
    const summit::array<summit::float16> narrow({2}, {summit::float16(1.0), summit::float16(2.0)});
    expect(static_cast<float>(narrow(1)) == 2, "a narrow array");
    const summit::array<summit::bfloat16> also_narrow({1}, {summit::bfloat16(3.0)});
    expect(static_cast<float>(also_narrow.item()) == 3, "a narrow array of one");
    summit::array<summit::float16> results(summit::index_list{});
    logsumexp_into(results, summit::array<summit::float16>({4}));
    expect(is_near(double{static_cast<float>(results.item())}, std::log(4.0)), "results in an array");
}

void use_streams() {
    const file::stream s;
    file::stream other;
    file::stream t = static_cast<file::stream&&>(other);
    const summit::array<float> x({100, 200});
    const auto y = logsumexp(x, 1, false, s);
    const auto z = logsumexp(y, summit::all_axes, false, t);
    summit::array<float> out(summit::index_list{});
    for (int i = 0; i != 20; ++i) logsumexp_into(out, y, 0, false, i % 2 == 0 ? s : t);
    expect(is_near(double{z.item()}, std::log(20000.0)), "a call on a stream");
    expect(is_near(double{out.item()}, std::log(20000.0)), "results of a stream");
    s.synchronize();
    t.synchronize();
    other = static_cast<file::stream&&>(t);
    expect(is_near(double{logsumexp(x, 0, true, other)(0, 3)}, std::log(100.0)), "a stream that is assigned to");
    expect(summit::is_available(summit::device::cpu{}) && !summit::is_available(summit::device::metal{}), "devices");
}

struct row {
    [[nodiscard]] const float* data() const { return values; }
    [[nodiscard]] std::size_t size() const { return 4; }
    [[nodiscard]] const float* begin() const { return values; }
    [[nodiscard]] const float* end() const { return values + 4; }
    float values[4] = {};
};

struct matrix { // as Eigen's
    using Scalar = float;
    using PlainObject = matrix;
    static constexpr bool IsVectorAtCompileTime = false;
    [[nodiscard]] float* data() { return values; }
    [[nodiscard]] const float* data() const { return values; }
    [[nodiscard]] std::ptrdiff_t rows() const { return 2; }
    [[nodiscard]] std::ptrdiff_t cols() const { return 3; }
    [[nodiscard]] std::ptrdiff_t rowStride() const { return 1; }
    [[nodiscard]] std::ptrdiff_t colStride() const { return 2; }
    [[nodiscard]] std::ptrdiff_t innerStride() const { return 1; }
    float values[6] = {};
};

struct tensor { // as xtensor's
    struct indices {
        [[nodiscard]] const int* begin() const { return values; }
        [[nodiscard]] const int* end() const { return values + 2; }
        int values[2];
    };
    [[nodiscard]] float* data() { return values; }
    [[nodiscard]] const float* data() const { return values; }
    [[nodiscard]] std::size_t data_offset() const { return 1; }
    [[nodiscard]] indices shape() const { return {{2, 3}}; }
    [[nodiscard]] indices strides() const { return {{3, 1}}; }
    float values[7] = {};
};

struct span_2d { // as std::mdspan
    using element_type = const float;
    using value_type = float;
    using index_type = int;
    using rank_type = std::size_t;
    struct accessor_type {
        using reference = const float&;
        [[nodiscard]] const float& access(const float* p, std::size_t i) const { return p[i]; }
    };
    struct mapping_type {
        [[nodiscard]] int operator()(int i, int j) const { return 3 * i + j; }
        [[nodiscard]] int stride(std::size_t i) const { return i == 0 ? 3 : 1; }
    };
    [[nodiscard]] static constexpr std::size_t rank() { return 2; }
    [[nodiscard]] int extent(std::size_t i) const { return i == 0 ? 2 : 3; }
    [[nodiscard]] int stride(std::size_t i) const { return mapping().stride(i); }
    [[nodiscard]] static bool is_strided() { return true; }
    [[nodiscard]] const float* data_handle() const { return values; }
    [[nodiscard]] mapping_type mapping() const { return {}; }
    [[nodiscard]] accessor_type accessor() const { return {}; }
    const float* values;
};

struct row_of_axes {
    [[nodiscard]] const int* begin() const { return values; }
    [[nodiscard]] const int* end() const { return values + 2; }
    int values[2] = {-1, -2};
};

void use_foreign_types() {
    row r;
    expect(is_near(double{logsumexp(r).item()}, std::log(4.0)), "a range");
    matrix m;
    expect(is_near(double{logsumexp(m, 1)(1)}, std::log(3.0)), "Eigen's");
    tensor t;
    expect(is_near(double{logsumexp(t, 0)(2)}, std::log(2.0)), "xtensor's");
    float values[6] = {};
    const span_2d s{values};
    expect(is_near(double{logsumexp(s, 0)(2)}, std::log(2.0)), "an mdspan");
    matrix out;
    logsumexp_into(out, summit::view<const float>(values, {2, 3, 1}), 2);
    expect(out.values[5] == 0, "results in Eigen's");
    const int named[] = {0, 1};
    expect(is_near(double{logsumexp(s, named).item()}, std::log(6.0)), "axes in an array");
    expect(is_near(double{logsumexp(s, row_of_axes{}).item()}, std::log(6.0)), "axes in a range");
}

void use_limits() {
    const int before = summit::max_threads();
    summit::max_threads(1);
    expect(summit::max_threads() == 1, "max_threads");
    summit::max_threads(before);
    // As much as is shared among threads.
    const summit::array<float> x({512, 512});
    expect(is_near(double{logsumexp(x).item()}, std::log(512.0 * 512.0)), "large work");
}

template <class Error, class Task>
void expect_error(const Task& task, const char* what) {
    try {
        task();
    } catch (const Error& error) {
        if (*error.what() != '\0') return;
    }
    expect(false, what);
}

int check_errors() {
    failures = 0;
    float x[6] = {};
    const summit::view<float> v(x, {2, 3});
    expect_error<std::invalid_argument>([&] { static_cast<void>(logsumexp(v, 2)); }, "no such axis");
    expect_error<std::invalid_argument>([&] { static_cast<void>(logsumexp(v, {0, 0})); }, "an axis named twice");
    expect_error<std::invalid_argument>([&] { logsumexp_into(x, v, 0); }, "out of another shape");
    expect_error<std::invalid_argument>([&] { logsumexp_into(v.select(0, 0), v, 0); }, "out among a");
    expect_error<std::invalid_argument>([&] { static_cast<void>(summit::view<float>(nullptr, {1})); }, "no data");
    expect_error<std::invalid_argument>(
        [&] {
            static_cast<void>(summit::view<float>(x, {1}, {1, 1}));
        },
        "other strides");
    expect_error<std::length_error>([&] { static_cast<void>(summit::view<float>(x, {2}, {PTRDIFF_MAX})); }, "too far");
    expect_error<std::invalid_argument>([&] { static_cast<void>(v(1)); }, "another number of indices");
    expect_error<std::out_of_range>([&] { static_cast<void>(v(1, 3)); }, "an index outside");
    expect_error<std::invalid_argument>([&] { static_cast<void>(v.item()); }, "not one element");
    expect_error<std::invalid_argument>([&] { static_cast<void>(v.transpose({0, 0})); }, "no permutation");
    expect_error<std::invalid_argument>([&] { static_cast<void>(v.broadcast({2, 2})); }, "no broadcast");
    expect_error<std::out_of_range>([&] { static_cast<void>(v.slice(0, 0, 3)); }, "a slice outside");
    expect_error<std::invalid_argument>([&] { static_cast<void>(v.reverse(-3)); }, "no axis to reverse");
    expect_error<std::invalid_argument>([&] { static_cast<void>(summit::array<float>({-1})); }, "a negative extent");
    expect_error<std::length_error>([&] { static_cast<void>(summit::array<float>({PTRDIFF_MAX, 9})); }, "too large");
    expect_error<std::invalid_argument>([&] { static_cast<void>(summit::array<float>({2}, {1})); }, "too few values");
    expect_error<std::length_error>([&] { static_cast<void>(summit::index_list{UINT64_MAX}); }, "an index too large");
    expect_error<std::invalid_argument>([&] { summit::max_threads(0); }, "no thread");
    return failures;
}

int check() {
    failures = 0;
    use_element_types();
    use_views();
    use_arrays();
    use_streams();
    use_foreign_types();
    use_limits();
    return failures;
}

file::stream make_stream() { return {}; }

summit::array<float> make_array(const summit::index_list& shape, float value) {
    summit::array<float> a(shape);
    for (float& each : a) each = value;
    return a;
}

summit::array<float> reduce(const summit::array<float>& a, const summit::axes& which, const file::stream& where) {
    return logsumexp(a, which, false, where);
}

void reduce_into(summit::array<float>& out, const summit::array<float>& a, const file::stream& where) {
    logsumexp_into(out, a, -1, false, where);
}

void overwrite(summit::array<float>& out, const summit::view<const float>& a) { logsumexp_into(out, a, -1); }

summit::view<float> reverse(const summit::view<float>& v) { return v.reverse(0).transpose(); }

float item(const summit::array<float>& a) { return a.item(); }

void take(summit::array<float> a, file::stream s) {
    const file::stream moved = static_cast<file::stream&&>(s);
    a = logsumexp(a, summit::all_axes, false, moved);
}

constexpr file this_file{check,       check_errors, make_stream, make_array, reduce,
                         reduce_into, overwrite,    reverse,     item,       take};

} // namespace
