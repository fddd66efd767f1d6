// SPDX-License-Identifier: MIT
// A stream that waits for what never comes ends no test by itself: after two minutes it has failed.
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace {

class time_limit final : public Catch::EventListenerBase {
public:
    using EventListenerBase::EventListenerBase;

    void testCaseStarting(const Catch::TestCaseInfo& test) override {
        const auto is_limited = [](const Catch::Tag& tag) {
            const std::string_view name(tag.original.data(), tag.original.size());
            return name == "stream";
        };
        if (!std::any_of(test.tags.begin(), test.tags.end(), is_limited)) return;
        // Catch2 names the test and the line that it has come to.
        static_cast<void>(std::signal(SIGALRM, [](int) { std::abort(); }));
        alarm(120);
    }
    void testCaseEnded(const Catch::TestCaseStats&) override { alarm(0); }
};

CATCH_REGISTER_LISTENER(time_limit)

} // namespace
#endif
