// SPDX-License-Identifier: MIT
// A program of nothing but the headers: what every compiler, processor and dialect of the language has to get right. For
// all types and layouts, against long double; no test framework, as there is none for most of these processors.
#include <summit/summit.hpp>

#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <type_traits>
#include <vector>

namespace {

int checked = 0, failed = 0;

void check(bool holds, const char* what, const char* type, double got, double want) {
    ++checked;
    if (holds) return;
    if (++failed <= 20) std::printf("%s of %s: %.17g, and not %.17g\n", what, type, got, want);
}

struct random_numbers {
    std::uint32_t state = 1;
    /// From 0 to 1.
    double operator()() {
        state = state * 1664525U + 1013904223U;
        return static_cast<double>(state >> 8) / 16777216.0;
    }
};

/// Of any element type; those of 16 bits know floats only.
template <class T>
double number(T x) {
    if constexpr (std::is_arithmetic_v<T>)
        return static_cast<double>(x);
    else
        return static_cast<double>(static_cast<float>(x));
}

template <class T>
long double exact_logsumexp(const std::vector<T>& x, std::size_t first, std::size_t stride, std::size_t terms) {
    long double highest = -std::numeric_limits<long double>::infinity(), sum = 0;
    for (std::size_t i = 0; i != terms; ++i)
        highest = std::fmax(highest, static_cast<long double>(number(x[first + i * stride])));
    for (std::size_t i = 0; i != terms; ++i)
        sum += std::exp(static_cast<long double>(number(x[first + i * stride])) - highest);
    return highest + std::log(sum);
}

/// Whether `got` is `want`, rounded to a number of R: a unit, and what the oracle itself may lack where long double is double.
template <class R>
bool is_near(R got, long double want) {
    const double x = number(got), y = static_cast<double>(want);
    const double epsilon = std::is_same_v<R, double>             ? 0x1p-52
                           : std::is_same_v<R, float>            ? 0x1p-23
                           : std::is_same_v<R, summit::float16>  ? 0x1p-10
                           : std::is_same_v<R, summit::bfloat16> ? 0x1p-7
                                                                 : 0;
    return std::fabs(x - y) <= 2 * epsilon * std::fmax(1.0, std::fabs(y));
}

template <class T>
void check_layouts(const char* type, double low, double high) {
    random_numbers random;
    for (std::ptrdiff_t rows : {1, 2, 5, 16, 40, 300})
        for (std::ptrdiff_t columns : {1, 3, 10, 33, 70, 200, 1025}) {
            std::vector<T> x(static_cast<std::size_t>(rows * columns));
            for (T& value : x) value = static_cast<T>(static_cast<float>(low + (high - low) * random()));
            const auto width = static_cast<std::size_t>(columns), height = static_cast<std::size_t>(rows);
            const summit::view<const T> a(x.data(), {rows, columns});
            const auto along = summit::logsumexp(a, 1);
            const auto across = summit::logsumexp(a, 0);
            for (std::size_t i = 0; i != height; ++i) {
                const long double want = exact_logsumexp(x, i * width, 1, width);
                check(is_near(along.data()[i], want), "a row", type, number(along.data()[i]),
                      static_cast<double>(want));
            }
            for (std::size_t i = 0; i != width; ++i) {
                const long double want = exact_logsumexp(x, i, width, height);
                check(is_near(across.data()[i], want), "a column", type, number(across.data()[i]),
                      static_cast<double>(want));
            }
            const auto all = summit::logsumexp(a).item();
            const long double want = exact_logsumexp(x, 0, 1, x.size());
            check(is_near(all, want), "all", type, number(all), static_cast<double>(want));
            // Every other element, the last one first.
            const auto count = static_cast<std::ptrdiff_t>((x.size() + 1) / 2);
            const summit::view<const T> backwards(x.data() + 2 * (count - 1), {count}, {-2});
            const auto halves = summit::logsumexp(backwards).item();
            const long double of_halves = exact_logsumexp(x, 0, 2, static_cast<std::size_t>(count));
            check(is_near(halves, of_halves), "every other", type, number(halves), static_cast<double>(of_halves));
        }
}

template <class T>
T lse(std::vector<T> x) {
    return summit::logsumexp(x).item();
}

template <class T>
void check_special_values(const char* type) {
    const T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    const auto is = [&](T got, double want) {
        const double difference = static_cast<double>(got) - want;
        const bool holds =
            std::isinf(want)
                ? std::isinf(got) && std::signbit(got) == std::signbit(want)
                : std::fabs(difference) <= static_cast<double>(std::numeric_limits<T>::epsilon()) * std::fabs(want);
        check(holds, "a special value", type, static_cast<double>(got), want);
    };
    is(lse<T>({-infinity, -infinity, -infinity}), -HUGE_VAL);
    is(lse<T>({}), -HUGE_VAL);
    is(lse<T>({0, infinity, -infinity}), HUGE_VAL);
    check(std::isnan(lse<T>({0, nan, infinity})), "NaN", type, static_cast<double>(lse<T>({0, nan, infinity})), 0);
    for (std::size_t n : {1U, 7U, 31U, 64U, 1000U, 70000U}) {
        std::vector<T> x(n, T(0));
        is(lse(x), std::log(static_cast<double>(n)));
        x[n / 2] = nan;
        check(std::isnan(lse(x)), "NaN", type, static_cast<double>(lse(x)), 0);
        x[n / 2] = infinity;
        is(lse(x), HUGE_VAL);
    }
    // What cancels: log1p(exp(-40)), and a sum that is 1 but for little.
    is(lse<T>({0, -40}), 4.2483542552915889e-18);
    is(lse<T>({-40, 0, -40}), 2 * 4.2483542552915889e-18);
}

template <class T>
void check_complex(const char* type) {
    random_numbers random;
    std::vector<std::complex<T>> z(100);
    std::complex<long double> sum = 0;
    for (auto& x : z) {
        x = {static_cast<T>(3 * random()), static_cast<T>(random() - 0.5)};
        sum += std::exp(std::complex<long double>(x));
    }
    const std::complex<T> got = summit::logsumexp(z).item();
    const std::complex<long double> want = std::log(sum);
    check(is_near(got.real(), want.real()), "the real part", type, static_cast<double>(got.real()),
          static_cast<double>(want.real()));
    check(is_near(got.imag(), want.imag()), "the imaginary part", type, static_cast<double>(got.imag()),
          static_cast<double>(want.imag()));
}

} // namespace

int main() {
    check_layouts<double>("double", -5, 5);
    check_layouts<double>("double", 690, 720);
    check_layouts<double>("double", -1500, 200);
    check_layouts<float>("float", -5, 5);
    check_layouts<float>("float", 80, 100);
    check_layouts<float>("float", -300, 90);
    check_layouts<summit::float16>("float16", -20, 20);
    check_layouts<summit::bfloat16>("bfloat16", -200, 100);
    check_layouts<std::int8_t>("int8", -100, 100);
    check_layouts<std::uint8_t>("uint8", 0, 200);
    check_layouts<std::int16_t>("int16", -500, 30000);
    check_layouts<std::uint16_t>("uint16", 0, 60000);
    check_layouts<std::int32_t>("int32", -100, 100);
    check_layouts<std::uint32_t>("uint32", 0, 100);
    check_layouts<std::int64_t>("int64", -100, 100);
    check_layouts<std::uint64_t>("uint64", 0, 100);
    check_special_values<float>("float");
    check_special_values<double>("double");
    check_complex<float>("complex of float");
    check_complex<double>("complex of double");
    std::printf("%d values, %d wrong\n", checked, failed);
    return failed == 0 ? 0 : 1;
}
