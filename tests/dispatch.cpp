// SPDX-License-Identifier: MIT
#include <summit/dispatch.hpp>
#include <summit/submission.hpp>

#include <catch2/catch_test_macros.hpp>

#include <concepts>
#include <exception>
#include <span>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// A place to run that remembers how it was asked.
struct place {};

template <class T>
struct any_op {};

struct request {
    bool queued;
    std::ptrdiff_t terms;
    const float* elements;
    float* results;
};

std::vector<request> requests;

} // namespace

template <>
class summit::stream<place> {
public:
    template <template <class> class Op, class Arch>
    static void reduce(const plan& p, const float* elements, float* results) {
        requests.push_back({false, p.terms, elements, results});
    }
    template <template <class> class Op, class Arch, class Uses>
    void enqueue(const Uses& uses, const plan& p, const float* elements, float* results) const {
        requests.push_back({true, p.terms, elements, results});
        uses(queued.emplace_back());
    }
    mutable std::vector<submission> queued;
};

TEST_CASE("an operand is what as_view sees", "[stream]") {
    const std::vector<float> x(6);
    const summit::view<const float> v(x.data(), {2, 3}, {1, 2});
    const summit::array<float> a({2, 3});
    const auto& vector = summit::operand<place>(x);
    CHECK(vector.data() == x.data());
    CHECK(vector.shape() == summit::index_list{6});
    const auto& view = summit::operand<place>(v);
    CHECK(&view == &v);
    const auto& array = summit::operand<place>(a);
    CHECK(array.data() == a.data());
    CHECK(array.shape() == a.shape());
    CHECK(array.strides() == a.strides());
    CHECK(array.rank() == 2);
}

TEST_CASE("what a stream reads or writes later must last", "[stream]") {
    using on_device = summit::device::cpu;
    using on_stream = summit::stream<place>;
    // The check itself is an error where it fails: what it asks is asked here.
    STATIC_CHECK(summit::outlives_call<std::vector<float>&>);
    STATIC_CHECK(summit::outlives_call<const std::vector<float>&>);
    STATIC_CHECK_FALSE(summit::outlives_call<std::vector<float>>);
    STATIC_CHECK_FALSE(summit::outlives_call<const std::vector<float>>);
    STATIC_CHECK_FALSE(summit::outlives_call<float[3]>);
    STATIC_CHECK_FALSE(summit::outlives_call<summit::array<float>>);
    STATIC_CHECK(summit::outlives_call<std::span<const float>>);
    STATIC_CHECK(summit::outlives_call<summit::view<float>>);
    STATIC_CHECK(summit::outlives_call<const summit::view<float>>);

    STATIC_CHECK(summit::input_check<std::vector<float>, on_device>::passed);
    STATIC_CHECK(summit::input_check<std::vector<float>&, on_stream>::passed);
    STATIC_CHECK(summit::input_check<summit::array<float>, on_stream>::passed);
    STATIC_CHECK(summit::input_check<summit::view<float>, on_stream>::passed);
    STATIC_CHECK(summit::output_check<summit::array<float>, float, on_device>::passed);
    STATIC_CHECK(summit::output_check<std::span<float>, float, on_stream>::passed);
    STATIC_CHECK(std::same_as<summit::input_element_t<summit::array<double>&>, double>);
}

TEST_CASE("on a device an operand waits, on a stream it does not", "[stream]") {
    summit::array<float> a({1}, {0});
    summit::submission gate;
    gate.writes(a);
    float* elements = elements_of(a);
    CHECK(summit::operand<summit::stream<place>>(a).data() == elements);
    CHECK(summit::operand<summit::stream<place>>(std::as_const(a)).data() == elements);
    CHECK_FALSE(a.ready());

    auto write = [elements] { *elements = 1; };
    const std::jthread thread([&] { gate.run(write); });
    CHECK(*summit::operand<place>(std::as_const(a)).data() == 1);
}

TEST_CASE("what a device overwrites is waited for, and fails no more once it is written", "[stream][error]") {
    summit::array<float> y({}, {0});
    summit::submission gate;
    gate.writes(y);
    gate.finish(std::make_exception_ptr(std::runtime_error("old failure")));
    CHECK(summit::operand<place>(y).data() == elements_of(y));
    CHECK_THROWS_AS(y.wait(), std::runtime_error);

    const summit::array<float> a({3});
    summit::dispatch<any_op, void>(place{}, summit::make_plan({3}, {1}, 1, {}), a, a.data(), y, elements_of(y));
    CHECK(y.item() == 0);
}

TEST_CASE("work is done at once on a device and queued on a stream", "[stream]") {
    requests.clear();
    const summit::array<float> a({3});
    summit::array<float> y({});
    const auto p = summit::make_plan({3}, {1}, 1, {});
    const auto on = [&](const auto& where) {
        summit::dispatch<any_op, void>(where, p, a, a.data(), y, elements_of(y));
    };
    on(place{});
    REQUIRE(requests.size() == 1);
    CHECK_FALSE(requests[0].queued);
    CHECK(requests[0].terms == 3);
    CHECK(requests[0].elements == a.data());
    CHECK(y.ready());

    summit::stream<place> s;
    on(s);
    REQUIRE(requests.size() == 2);
    CHECK(requests[1].queued);
    CHECK(requests[1].results == elements_of(y));
    CHECK_FALSE(y.ready());
    s.queued.front().finish();
    CHECK(y.ready());
}
