// SPDX-License-Identifier: MIT
#include <summit/completion.hpp>

#include <catch2/catch_test_macros.hpp>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::exception_ptr error(const char* message) { return std::make_exception_ptr(std::runtime_error(message)); }

std::string message_of(const summit::completion& done) {
    try {
        done.wait();
    } catch (const std::runtime_error& failure) { return failure.what(); }
    return "none";
}

} // namespace

TEST_CASE("a completion is reached once, and stays so", "[stream]") {
    summit::completion done;
    CHECK_FALSE(done.ready());
    done.finish();
    CHECK(done.ready());
    CHECK(message_of(done) == "none");
    CHECK(done.settle() == nullptr);
    done.finish(error("too late"));
    CHECK(message_of(done) == "none");
}

TEST_CASE("a failure is told to everyone who asks", "[stream][error]") {
    summit::completion done;
    done.finish(error("first"));
    done.finish(error("second"));
    CHECK(done.ready());
    CHECK(message_of(done) == "first");
    CHECK(message_of(done) == "first");
    CHECK(done.settle() != nullptr);
}

TEST_CASE("whoever waits sees what was written before the end", "[stream]") {
    summit::completion done;
    int written = 0;
    std::vector<int> seen(4);
    {
        std::vector<std::jthread> waiting;
        for (int& s : seen)
            waiting.emplace_back([&] {
                done.wait();
                s = written;
            });
        written = 7;
        done.finish();
    }
    CHECK(seen == std::vector(4, 7));
}
