// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/table.hpp"

#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

namespace accuracy {
namespace {

struct entries {
    std::mutex mutex;
    std::map<std::pair<std::string, std::string>, worst, std::less<>> all;

    static entries& instance() {
        static entries made;
        return made;
    }
};

/// Prints the table when all tests have run; as tab-separated lines too where SUMMIT_ACCURACY_TABLE names a file.
class table_printer : public Catch::EventListenerBase {
public:
    using Catch::EventListenerBase::EventListenerBase;

    void testRunEnded(const Catch::TestRunStats&) override {
        auto& table = entries::instance().all;
        if (table.empty()) return;
        std::FILE* file = nullptr;
        if (const char* path = std::getenv("SUMMIT_ACCURACY_TABLE")) file = std::fopen(path, "a");
        std::printf("\n%-9s %-34s %9s %9s  worst input\n", "type", "family", "worst", "own ulp");
        for (const auto& [key, value] : table) {
            std::printf("%-9s %-34s %9.4g %9.4g  %s\n", key.first.c_str(), key.second.c_str(), value.error,
                        value.relative, value.input.c_str());
            if (file != nullptr)
                std::fprintf(file, "%s\t%s\t%.6g\t%.6g\t%s\n", key.first.c_str(), key.second.c_str(), value.error,
                             value.relative, value.input.c_str());
        }
        if (file != nullptr) std::fclose(file);
    }
};

CATCH_REGISTER_LISTENER(table_printer)

} // namespace

void enter(std::string_view type, std::string_view family, double error, double relative,
           const std::function<std::string()>& input) {
    auto& table = entries::instance();
    const std::lock_guard lock(table.mutex);
    worst& so_far = table.all[{std::string(type), std::string(family)}];
    if (error > so_far.error) so_far = {error, relative, input()};
}

worst entered(std::string_view type, std::string_view family) {
    auto& table = entries::instance();
    const std::lock_guard lock(table.mutex);
    return table.all[{std::string(type), std::string(family)}];
}

} // namespace accuracy
