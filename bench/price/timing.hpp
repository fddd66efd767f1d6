// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <utility>

namespace bench {

/// How long to look. What else the machine does only ever adds to a time, so each is the least of several samples, short
/// enough to fall between two disturbances and long enough for the clock.
struct patience {
    double sample = 1.5e6; // nanoseconds; at least one call
    int rounds = 6;        // samples of each call, taken in turn
    int retries = 2;       // as many rounds more for a cell that looks too dear
};

inline constexpr patience hurry{1.5e5, 2, 0};

/// Has the compiler believe that somebody looks at `value`.
template <class T>
void keep(const T& value) {
    asm volatile("" ::"m"(value) : "memory");
}

/// Nanoseconds of one of `calls` calls.
template <class Call>
[[nodiscard]] double sample(Call& call, std::ptrdiff_t calls) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    for (std::ptrdiff_t i = 0; i != calls; ++i) {
        call();
        asm volatile("" ::: "memory"); // every call reads and writes anew
    }
    return std::chrono::duration<double, std::nano>(clock::now() - start).count() / static_cast<double>(calls);
}

/// A call and the least time that it was seen to take.
template <class Call>
class timed {
public:
    explicit timed(Call call) : call_(std::move(call)) {}

    /// One sample more.
    void again(const patience& p) {
        if (calls_ == 0) calls_ = calls_that_take(p.sample);
        if (calls_ > 1) call_(); // not timed: the caches hold other data
        least_ = std::min(least_, sample(call_, calls_));
    }
    [[nodiscard]] double least() const { return least_; }

private:
    [[nodiscard]] std::ptrdiff_t calls_that_take(double nanoseconds) {
        for (std::ptrdiff_t calls = 1;; calls *= 2) {
            const double each = sample(call_, calls);
            if (each * static_cast<double>(calls) < nanoseconds / 4) continue;
            return std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(nanoseconds / each));
        }
    }

    Call call_;
    double least_ = std::numeric_limits<double>::infinity();
    std::ptrdiff_t calls_ = 0;
};

} // namespace bench
