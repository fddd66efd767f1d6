// SPDX-License-Identifier: MIT
#include <summit/cpu/stream.hpp>
#include <summit/logsumexp.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <complex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using Catch::Matchers::Message;
using summit::array;
using summit::logsumexp;
using summit::logsumexp_into;
using summit::submission;
using cpu_stream = summit::stream<summit::device::cpu>;

namespace {

/// Elements that differ, so that a result tells which of them it is the sum of.
array<float> numbers(const summit::index_list& shape, float first) {
    array<float> a(shape);
    float next = first;
    for (float& x : a) {
        x = next;
        next = next > 2 ? -2 : next + 0.37F;
    }
    return a;
}

template <class T>
std::vector<T> values(const array<T>& a) {
    return {a.begin(), a.end()};
}

} // namespace

TEST_CASE("work on the processor is done when the call returns", "[stream]") {
    const std::array<float, 6> x{0, 0, 0, 1, 1, 1};
    std::array<float, 2> y{-1, -1};
    const auto p = summit::make_plan({2, 3}, {3, 1}, 0b10, {1});
    cpu_stream::reduce<summit::op::log_sum_exp, xsimd::default_arch>(p, x.data(), y.data());
    CHECK(std::abs(y[0] - 1.0986123F) < 1e-6F);
    CHECK(std::abs(y[1] - 2.0986123F) < 1e-6F);
}

TEST_CASE("a call on a stream gives what a call on its device gives", "[stream]") {
    const cpu_stream s;
    const auto check = [&](const auto& a) {
        for (bool keepdims : {false, true}) {
            const auto expected = logsumexp(a, 1, keepdims);
            const auto y = logsumexp(a, 1, keepdims, s);
            CHECK(y.shape() == expected.shape());
            CHECK(values(y) == values(expected));
            auto out = array<typename decltype(y)::value_type>(expected.shape());
            logsumexp_into(out, a, 1, keepdims, s);
            CHECK(values(out) == values(expected));
        }
    };
    check(numbers({4, 7}, 0));
    check(numbers({3, 0}, 0));
    check(numbers({0, 3}, 0));
    check(array<double>({2, 2}, {1, 2, 3, 4}));
    check(array<int>({2, 2}, {1, 2, 3, 4}));
    check(array<std::complex<float>>({1, 2}, {{1, 2}, {3, 4}}));
    const float c_array[2][3] = {{1, 2, 3}, {4, 5, 6}};
    check(c_array);
    check(summit::as_view(c_array).transpose());
}

TEST_CASE("a call on a stream returns before its work is done", "[stream]") {
    auto x = numbers({2, 3}, 0);
    const auto expected = values(logsumexp(x, 1));
    const cpu_stream s;
    submission gate;
    gate.writes(x);
    const auto y = logsumexp(x, 1, false, s);
    CHECK(y.shape() == summit::index_list{2});
    CHECK_FALSE(y.ready());
    gate.finish();
    y.wait();
    CHECK(y.ready());
    CHECK(values(y) == expected);
}

TEST_CASE("a wrong call on a stream throws at once, and nothing is pending", "[stream][error]") {
    auto a = numbers({2, 3}, 0);
    array<float> out({3});
    const cpu_stream s;
    submission gate;
    gate.writes(a);
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(a, 2, false, s)), std::invalid_argument,
                         Message("summit::logsumexp: axes: axis 2 is out of range for rank 2"));
    CHECK_THROWS_AS(logsumexp_into(out, a, 1, false, s), std::invalid_argument);
    CHECK(out.ready());
    gate.finish();
    s.synchronize();
}

TEST_CASE("work on one stream is done in order", "[stream]") {
    const auto a = numbers({50, 20}, 0);
    const auto rows = logsumexp(a, 1);
    auto blocked = numbers({3}, 0);
    submission gate;
    gate.writes(blocked);
    float last = 0;
    const summit::view<float> out(&last, summit::index_list{});
    const cpu_stream s;
    const auto first = logsumexp(blocked, 0, false, s);
    // To the library one view's elements are not another's: only the order of the calls makes the last one stand.
    for (std::ptrdiff_t i = 0; i != 50; ++i) logsumexp_into(out, summit::as_view(a).select(0, i), 0, false, s);
    gate.finish();
    s.synchronize();
    CHECK(first.ready());
    CHECK(last == rows(49));
}

TEST_CASE("different streams work at the same time", "[stream]") {
    auto x = numbers({2, 3}, 0);
    const auto a = numbers({2, 3}, 1);
    const cpu_stream blocked;
    const cpu_stream open;
    submission gate;
    gate.writes(x);
    const auto y = logsumexp(x, 1, false, blocked);
    const auto behind = logsumexp(a, 1, false, blocked);
    CHECK(values(logsumexp(a, 1, false, open)) == values(logsumexp(a, 1)));
    open.synchronize();
    CHECK_FALSE(y.ready());
    CHECK_FALSE(behind.ready());
    gate.finish();
    CHECK(values(behind) == values(logsumexp(a, 1)));
    CHECK(y.ready());
}

TEST_CASE("a pending array is input on its own stream, on others, and on the device", "[stream]") {
    const auto start = numbers({4, 5, 6}, 0);
    const auto planes = logsumexp(start, 2);
    const auto rows = logsumexp(planes, 1);
    const float all = logsumexp(rows).item();

    auto x = start;
    const float* elements = elements_of(std::as_const(x));
    const cpu_stream s;
    const cpu_stream t;
    submission gate;
    gate.writes(x);
    const auto y = logsumexp(x, 2, false, s);
    const auto on_the_same = logsumexp(y, 1, false, s);
    const auto on_another = logsumexp(y, 1, false, t);
    const auto and_back = logsumexp(on_another, 0, false, s);
    CHECK(elements_of(x) == elements);
    CHECK_FALSE(and_back.ready());
    gate.finish();
    CHECK(logsumexp(on_another, 0).item() == all);
    CHECK(and_back.item() == all);
    CHECK(values(on_the_same) == values(rows));
    CHECK(values(on_another) == values(rows));
    CHECK(values(y) == values(planes));
}

TEST_CASE("an output that is an array is pending, and written after it was read", "[stream]") {
    auto blocked = numbers({3}, 0);
    submission gate;
    gate.writes(blocked);
    auto x = numbers({2, 3}, 0);
    auto y = logsumexp(x, 1);
    const float before = logsumexp(y).item();
    const cpu_stream reading;
    const cpu_stream writing;
    const auto first = logsumexp(blocked, 0, false, reading);
    const auto z = logsumexp(y, 0, false, reading);

    SECTION("by work on another stream") {
        const auto a = numbers({2, 3}, 1);
        logsumexp_into(y, a, 1, false, writing);
        CHECK_FALSE(y.ready());
        gate.finish();
        CHECK(values(y) == values(logsumexp(a, 1)));
    }
    SECTION("by the caller") {
        const std::jthread opening([&] { gate.finish(); });
        y(0) = 100;
        CHECK(z.ready());
    }
    CHECK(z.item() == before);
}

TEST_CASE("arrays may go while their work is queued", "[stream]") {
    const auto a = numbers({2, 3}, 0);
    const float expected = logsumexp(logsumexp(a, 1)).item();
    auto blocked = numbers({3}, 0);
    submission gate;
    gate.writes(blocked);
    const cpu_stream s;
    std::optional<array<float>> x(a);
    const auto first = logsumexp(blocked, 0, false, s);
    // Neither the temporary nor the input is there when the work is done.
    const auto y = logsumexp(logsumexp(*x, 1, false, s), 0, false, s);
    static_cast<void>(logsumexp(*x, 0, false, s));
    x.reset();
    CHECK_FALSE(y.ready());
    gate.finish();
    CHECK(y.item() == expected);
}

TEST_CASE("a stream that goes finishes its work", "[stream]") {
    auto x = numbers({2, 3}, 0);
    const auto expected = values(logsumexp(x, 1));
    submission gate;
    gate.writes(x);
    std::optional<array<float>> y;
    std::jthread opening;
    {
        const cpu_stream s;
        y = logsumexp(x, 1, false, s);
        CHECK_FALSE(y->ready());
        opening = std::jthread([&] { gate.finish(); });
    }
    CHECK(y->ready());
    CHECK(values(*y) == expected);
}

TEST_CASE("a failure passes along the work that depends on it, across streams, and past all other", "[stream][error]") {
    auto x = numbers({2, 3}, 0);
    const auto a = numbers({2, 3}, 1);
    const cpu_stream s;
    const cpu_stream t;
    submission gate;
    gate.writes(x);
    const auto y = logsumexp(x, 1, false, s);
    const auto z = logsumexp(y, 0, false, t);
    const auto unconcerned = logsumexp(a, 1, false, s);
    gate.finish(std::make_exception_ptr(std::runtime_error("the mountain is closed")));

    const auto expected = Message("the mountain is closed");
    CHECK_THROWS_MATCHES(static_cast<void>(z.item()), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(y.wait(), std::runtime_error, expected);
    CHECK(values(unconcerned) == values(logsumexp(a, 1)));
    CHECK_THROWS_MATCHES(s.synchronize(), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(t.synchronize(), std::runtime_error, expected);
    // What failed stays so until it is written anew.
    CHECK_THROWS_MATCHES(static_cast<void>(logsumexp(y, 0)), std::runtime_error, expected);
    auto again = logsumexp(y, {}, false, s);
    CHECK_THROWS_MATCHES(again.wait(), std::runtime_error, expected);
    logsumexp_into(again, a, 1, false, s);
    CHECK(values(again) == values(logsumexp(a, 1)));
}

TEST_CASE("a failed array is overwritten by a call on a device too, and by none that fails", "[stream][error]") {
    auto x = numbers({2, 3}, 0);
    const auto a = numbers({2, 3}, 1);
    const auto expected = values(logsumexp(a, 1));
    const cpu_stream s;
    submission gate;
    gate.writes(x);
    auto y = logsumexp(x, 1, false, s);
    gate.finish(std::make_exception_ptr(std::runtime_error("old failure")));
    const auto old = Message("old failure");
    CHECK_THROWS_MATCHES(y.wait(), std::runtime_error, old);

    CHECK_THROWS_AS(logsumexp_into(y, a, 0), std::invalid_argument);
    CHECK_THROWS_MATCHES(logsumexp_into(y, x, 1), std::runtime_error, old);
    CHECK_THROWS_MATCHES(y.wait(), std::runtime_error, old);
    logsumexp_into(y, a, 1);
    CHECK(values(y) == expected);
    CHECK(logsumexp(y, 0, false, s).item() == logsumexp(y, 0).item());
    y(0) = 1;
    CHECK(y(0) == 1);
}

TEST_CASE("a stream moves with its work", "[stream]") {
    auto x = numbers({2, 3}, 0);
    const auto expected = values(logsumexp(x, 1));
    submission gate;
    gate.writes(x);
    cpu_stream s;
    const auto y = logsumexp(x, 1, false, s);
    const cpu_stream moved = std::move(s);
    const auto z = logsumexp(x, 1, false, moved);
    std::jthread opening([&] { gate.finish(); });
    s = cpu_stream();
    moved.synchronize();
    CHECK(values(y) == expected);
    CHECK(values(z) == expected);
    STATIC_CHECK(std::is_nothrow_move_constructible_v<cpu_stream>);
    STATIC_CHECK_FALSE(std::is_copy_constructible_v<cpu_stream>);
}

TEST_CASE("many small calls from several threads, on several streams they share", "[stream]") {
    const auto a = numbers({6, 10}, 0);
    const auto b = numbers({10, 6}, 1);
    const auto expected_a = logsumexp(logsumexp(a, 1)).item();
    const auto expected_b = logsumexp(logsumexp(b, 1)).item();
    const std::array<cpu_stream, 3> streams;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread != 4; ++thread)
            threads.emplace_back([&, thread] {
                array<float> out(summit::index_list{});
                for (std::size_t i = 0; i != 300; ++i) {
                    const auto& first = streams[(thread + i) % streams.size()];
                    const auto& second = streams[i % streams.size()];
                    const auto y = logsumexp(a, 1, false, first);
                    const auto z = logsumexp(logsumexp(b, 1, false, second), 0, false, first);
                    logsumexp_into(out, y, 0, false, second);
                    if (i % 4 == 0 && (out.item() != expected_a || z.item() != expected_b)) ++wrong;
                    if (i % 32 == 0) first.synchronize();
                }
                if (out.item() != expected_a) ++wrong;
            });
    }
    for (const auto& s : streams) s.synchronize();
    CHECK(wrong == 0);
}
