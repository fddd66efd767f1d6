// SPDX-License-Identifier: MIT
#include <summit/submission.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

using Catch::Matchers::Message;
using summit::array;
using summit::submission;

namespace {

std::exception_ptr error(const char* message) { return std::make_exception_ptr(std::runtime_error(message)); }

} // namespace

TEST_CASE("what work writes is pending until it is over", "[stream]") {
    array<int> a({2}, {1, 2});
    submission work;
    work.writes(a);
    CHECK_FALSE(a.ready());
    CHECK(a.shape() == summit::index_list{2});
    elements_of(a)[1] = 5;
    work.finish();
    CHECK(a.ready());
    CHECK(a(1) == 5);
}

TEST_CASE("what work reads is not pending", "[stream]") {
    const array<int> a({2}, {1, 2});
    submission work;
    work.reads(a);
    CHECK(a.ready());
    CHECK(a(1) == 2);
}

TEST_CASE("work comes after the work that writes its input", "[stream]") {
    array<int> a({1}, {1});
    array<int> b({1}, {0});
    submission first;
    first.writes(a);
    submission second;
    second.reads(a);
    second.writes(b);

    auto copy = [from = elements_of(std::as_const(a)), to = elements_of(b)] { *to = *from; };
    std::jthread thread([&] { second.run(copy); });
    *elements_of(a) = 3;
    CHECK_FALSE(b.ready());
    first.finish();
    CHECK(b.item() == 3);
}

TEST_CASE("work comes after the work that reads its output", "[stream]") {
    array<int> a({1}, {1});
    submission reader;
    reader.reads(a);
    submission writer;
    writer.writes(a);

    auto write = [to = elements_of(a)] { *to = 2; };
    std::jthread thread([&] { writer.run(write); });
    CHECK(*elements_of(a) == 1);
    reader.finish(error("of no concern to the writer"));
    CHECK(a.item() == 2);
}

TEST_CASE("access that may write waits for work that reads", "[stream]") {
    array<int> a({1}, {1});
    submission reader;
    reader.reads(a);
    int read = 0;
    auto task = [&read, from = elements_of(std::as_const(a))] { read = *from; };
    const std::jthread thread([&] { reader.run(task); });
    a(0) = 2;
    CHECK(read == 1);
    CHECK(a(0) == 2);
}

TEST_CASE("work whose output is its own input does not wait for itself", "[stream]") {
    array<int> a({1}, {1});
    const bool writes_first = GENERATE(false, true);
    submission work;
    if (writes_first) work.writes(a);
    work.reads(a);
    if (!writes_first) work.writes(a);
    auto task = [to = elements_of(a)] { ++*to; };
    CHECK(work.run(task) == nullptr);
    CHECK(a.item() == 2);
}

TEST_CASE("what work fails with is thrown where its output is touched", "[stream][error]") {
    array<int> a({1, 1}, {1});
    submission work;
    work.writes(a);
    auto task = [] { throw std::runtime_error("no more paper"); };
    CHECK(work.run(task) != nullptr);

    CHECK(a.ready());
    CHECK(a.size() == 1);
    const auto expected = Message("no more paper");
    CHECK_THROWS_MATCHES(a.wait(), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(a.data()), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(std::as_const(a).data()), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(a(0, 0)), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(a.item()), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(a.begin()), std::runtime_error, expected);
    CHECK_THROWS_MATCHES(static_cast<void>(array<int>(a)), std::runtime_error, expected);
}

TEST_CASE("work whose input failed fails with the same, unless it only writes there", "[stream][error]") {
    array<int> a({1}, {1});
    array<int> b({1}, {2});
    submission first;
    first.writes(a);
    first.finish(error("torn page"));

    bool ran = false;
    auto task = [&] { ran = true; };
    submission second;
    second.reads(a);
    second.writes(b);
    CHECK(second.run(task) != nullptr);
    CHECK_FALSE(ran);
    CHECK_THROWS_MATCHES(b.wait(), std::runtime_error, Message("torn page"));

    submission third;
    third.writes(a);
    CHECK(third.run(task) == nullptr);
    CHECK(ran);
    CHECK(a.item() == 1);
}

TEST_CASE("work that is dropped has failed, once what it came after is over", "[stream][error]") {
    array<int> a({1}, {1});
    submission reader;
    reader.reads(a);
    bool read = false;
    std::jthread thread;
    {
        submission dropped;
        dropped.writes(a);
        CHECK_FALSE(a.ready());
        auto task = [&] { read = true; };
        thread = std::jthread([&, task]() mutable { reader.run(task); });
    }
    CHECK(read);
    CHECK_THROWS_MATCHES(a.wait(), std::runtime_error, Message("summit::stream: the work was dropped before it ran"));
}

TEST_CASE("work keeps the elements it uses, until it is over", "[stream]") {
    auto a = std::make_unique<array<std::shared_ptr<int>>>(summit::index_list{1});
    const auto element = std::make_shared<int>(1);
    *a->data() = element;
    submission reader;
    reader.reads(*a);
    const auto* elements = elements_of(std::as_const(*a));

    SECTION("when the array goes") { a.reset(); }
    SECTION("when the array is assigned to") { *a = array<std::shared_ptr<int>>(summit::index_list{2}); }
    SECTION("when the array moves, and then goes") { const auto moved = std::move(*a); }
    CHECK(element.use_count() == 2);
    CHECK(**elements == 1);
    reader.finish();
    CHECK(element.use_count() == 1);
}

TEST_CASE("a pending array moves without waiting, a copy waits", "[stream]") {
    array<int> a({2}, {1, 2});
    submission work;
    work.writes(a);
    array<int> moved = std::move(a);
    CHECK(a.ready()); // NOLINT(bugprone-use-after-move)
    CHECK(a.size() == 0);
    CHECK_FALSE(moved.ready());
    a = std::move(moved);
    CHECK_FALSE(a.ready());

    auto task = [to = elements_of(a)] { *to = 4; };
    const std::jthread thread([&] { work.run(task); });
    array<int> copy = a;
    CHECK(copy.ready());
    CHECK(copy(0) == 4);
    copy(0) = 5;
    CHECK(a(0) == 4);
}

TEST_CASE("a failed array is written anew by a call, or assigned to; an element at a time it is not",
          "[stream][error]") {
    array<int> a({2}, {1, 2});
    const auto fail = [&] {
        submission work;
        work.writes(a);
        work.finish(error("old failure"));
        CHECK_THROWS_MATCHES(a.wait(), std::runtime_error, Message("old failure"));
    };
    fail();
    CHECK_THROWS_MATCHES(static_cast<void>(a.begin()), std::runtime_error, Message("old failure"));
    a = array<int>({1}, {3});
    CHECK(a.item() == 3);

    fail();
    *elements_to_overwrite(a) = 4;
    CHECK_THROWS_MATCHES(a.wait(), std::runtime_error, Message("old failure"));
    mark_overwritten(a);
    CHECK(a.item() == 4);
    submission reader;
    reader.reads(a);
    reader.wait_for_dependencies();
}

TEST_CASE("elements to be overwritten are waited for", "[stream]") {
    array<int> a({1}, {1});
    submission writer;
    writer.writes(a);
    submission reader;
    reader.reads(a);
    int read = 0;
    auto write = [to = elements_of(a)] { *to = 2; };
    auto task = [&read, from = elements_of(std::as_const(a))] { read = *from; };
    const std::jthread writing([&] { writer.run(write); });
    const std::jthread reading([&] { reader.run(task); });
    *elements_to_overwrite(a) = 3;
    CHECK(read == 2);
}

TEST_CASE("what is no array has no work to know of", "[stream]") {
    std::vector<float> x(3);
    const summit::view<float> v(x.data(), {3});
    submission work;
    work.reads(x);
    work.reads(v);
    work.writes(v);
    work.wait_for_dependencies();
    work.finish();
    STATIC_CHECK_FALSE(std::is_copy_constructible_v<submission>);
}
