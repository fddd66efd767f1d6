// SPDX-License-Identifier: MIT
// What every implementation that is timed looks like. One small file each; Summit, the read limit and the plain loop are
// no exceptions.
#pragma once

#include "../problem.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// One peer's call on one problem, with everything that a user would do once already done.
class task {
public:
    virtual ~task() = default;
    /// The timed loop. Virtual around the loop, not inside it: a call on 16 elements takes a few nanoseconds.
    virtual void repeat(benchmark::State& state) = 0;
    /// The results of one call, in row-major order, as as_doubles makes them.
    [[nodiscard]] virtual std::vector<double> results() = 0;
};

/// A task from two callables: the call as a user writes it, whose result is timed from its allocation to its release,
/// and what makes doubles of that result.
template <class Call, class Values>
class task_of final : public task {
public:
    task_of(Call call, Values values) : call_(std::move(call)), values_(std::move(values)) {}

    void repeat(benchmark::State& state) override {
        for (auto _ : state) {
            auto result = call_();
            benchmark::DoNotOptimize(result);
            benchmark::ClobberMemory();
        }
    }
    [[nodiscard]] std::vector<double> results() override { return values_(call_()); }

private:
    Call call_;
    Values values_;
};

template <class Call, class Values>
[[nodiscard]] std::unique_ptr<task> make_task(Call call, Values values) {
    return std::make_unique<task_of<Call, Values>>(std::move(call), std::move(values));
}

/// The numbers from `first` on. A complex one is two: its real part, then its imaginary part.
template <class T>
[[nodiscard]] std::vector<double> as_doubles(const T* first, std::ptrdiff_t count) {
    std::vector<double> values;
    for (std::ptrdiff_t i = 0; i != count; ++i) {
        if constexpr (requires { first[i].imag(); }) {
            values.push_back(as_double(first[i].real()));
            values.push_back(as_double(first[i].imag()));
        } else {
            values.push_back(as_double(first[i]));
        }
    }
    return values;
}

class peer {
public:
    virtual ~peer() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string version() const = 0;
    /// False leaves the peer out of this row.
    [[nodiscard]] virtual bool supports(const problem& x) const = 0;
    [[nodiscard]] virtual std::unique_ptr<task> prepare(const problem& x) = 0;
    /// Compute with this many threads from now on; false where the peer cannot.
    virtual bool use_threads(int count) { return count == 1; }
    /// False for the read limit, whose result nothing can check.
    [[nodiscard]] virtual bool computes_logsumexp() const { return true; }
};

/// All peers of this build; each file adds its own.
inline std::vector<std::unique_ptr<peer>>& peers() {
    static std::vector<std::unique_ptr<peer>> all;
    return all;
}

template <class Peer>
bool add_peer() {
    peers().push_back(std::make_unique<Peer>());
    return true;
}

} // namespace bench
