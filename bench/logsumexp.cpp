// SPDX-License-Identifier: MIT
// Summit beside the read limit, case by case: nanoseconds per element of both in one run.
#include "roofline.hpp"

#include <summit/summit.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace {

struct shape_case {
    const char* name;
    summit::index_list shape;
    summit::index_list axes;
    bool transposed;
};

template <class T>
std::vector<T> uniform_data(std::ptrdiff_t count) {
    std::mt19937 generator(20260101);
    std::uniform_real_distribution<T> uniform(T(-10), T(10));
    std::vector<T> data(static_cast<std::size_t>(count));
    for (T& x : data) x = uniform(generator);
    return data;
}

template <class T>
void count_elements(benchmark::State& state, std::ptrdiff_t count) {
    const double elements = static_cast<double>(count) * static_cast<double>(state.iterations());
    state.counters["ns/element"] =
        benchmark::Counter(elements * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.SetBytesProcessed(static_cast<std::int64_t>(elements) * static_cast<std::int64_t>(sizeof(T)));
}

template <class T>
void read_only_sum(benchmark::State& state, const shape_case& c) {
    const std::ptrdiff_t count = summit::element_count("bench", c.shape);
    const std::vector<T> data = uniform_data<T>(count);
    for (auto _ : state) benchmark::DoNotOptimize(bench::plain_sum(data.data(), count));
    count_elements<T>(state, count);
}

template <class T>
void log_sum_exp(benchmark::State& state, const shape_case& c) {
    const std::ptrdiff_t count = summit::element_count("bench", c.shape);
    const std::vector<T> data = uniform_data<T>(count);
    summit::view<const T> x(data.data(), c.shape);
    if (c.transposed) x = x.transpose();
    for (auto _ : state) {
        const auto y = summit::logsumexp(x, c.axes);
        benchmark::DoNotOptimize(y.data());
    }
    // One result, at least, must be what a plain loop in long double says.
    if (c.shape.size() == 2 && c.axes == summit::index_list{1} && !c.transposed) {
        long double sum = 0;
        for (std::ptrdiff_t i = 0; i != c.shape[1]; ++i) sum += std::exp(static_cast<long double>(x(0, i)));
        const auto y = summit::logsumexp(x, c.axes);
        if (std::abs(static_cast<long double>(y(0)) - std::log(sum)) > 1e-5L) state.SkipWithError("wrong result");
    }
    count_elements<T>(state, count);
}

template <class T>
void add(const char* type, const shape_case& c) {
    const std::string suffix = std::string("/") + type + "/" + c.name;
    benchmark::RegisterBenchmark(("sum" + suffix).c_str(), read_only_sum<T>, c);
    benchmark::RegisterBenchmark(("logsumexp" + suffix).c_str(), log_sum_exp<T>, c);
}

} // namespace

int main(int argc, char** argv) {
    const shape_case cases[] = {
        {"16_all", {16}, {0}, false},
        {"1024_all", {1024}, {0}, false},
        {"65536_all", {65536}, {0}, false},
        {"1x16777216_axis1", {1, 16777216}, {1}, false},
        {"1024x1024_axis1", {1024, 1024}, {1}, false},
        {"1024x1024_axis0", {1024, 1024}, {0}, false},
        {"1024x1024_transposed_axis1", {1024, 1024}, {1}, true},
        {"512x50257_axis1", {512, 50257}, {1}, false},
        {"1000000x3_axis1", {1000000, 3}, {1}, false},
        {"1000000x10_axis1", {1000000, 10}, {1}, false},
        {"64x128x256_axes0,2", {64, 128, 256}, {0, 2}, false},
    };
    for (const shape_case& c : cases) add<float>("float", c);
    add<double>("double", {"1024x1024_axis1", {1024, 1024}, {1}, false});
    add<double>("double", {"1024x1024_axis0", {1024, 1024}, {0}, false});
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
