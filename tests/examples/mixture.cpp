// SPDX-License-Identifier: MIT
#include "command.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

TEST_CASE("mixture climbs to the published log-likelihood", "[examples]") {
    const outcome ran = run("mixture", {SUMMIT_EXAMPLES "/faithful.csv"});
    INFO(ran.output);
    CHECK(ran.status == 0);

    std::vector<double> climb;
    std::istringstream lines(ran.output);
    const std::string label = "log-likelihood ";
    for (std::string line; std::getline(lines, line);)
        if (const auto at = line.find(label); at != std::string::npos)
            climb.push_back(std::stod(line.substr(at + label.size())));
    REQUIRE(climb.size() > 2);
    CHECK(climb.front() < climb.back() - 1); // it did climb
    for (std::size_t step = 1; step < climb.size(); ++step) CHECK(climb[step] >= climb[step - 1]);
    CHECK(std::abs(climb.back() - -1130.264) < 0.0005);
}

TEST_CASE("mixture fails on other data", "[examples]") {
    const scratch_directory scratch;
    std::ifstream source(SUMMIT_EXAMPLES "/faithful.csv");
    std::vector<std::string> lines;
    for (std::string line; std::getline(source, line);) lines.push_back(line);
    REQUIRE(lines.size() > 272);
    const auto with_last_line = [&](const std::string& last) {
        std::string path = scratch / "other.csv";
        std::ofstream out(path);
        for (std::size_t i = 0; i + 1 < lines.size(); ++i) out << lines[i] << '\n';
        out << last;
        return path;
    };

    SECTION("one eruption missing: it settles elsewhere") {
        const outcome ran = run("mixture", {with_last_line("")});
        CHECK(ran.status == 1);
    }
    SECTION("one eruption changed: it settles elsewhere") {
        const outcome ran = run("mixture", {with_last_line("4.467,84\n")});
        CHECK(ran.status == 1);
        CHECK(ran.output.find("settled elsewhere than at -1130.264") != std::string::npos);
    }
    SECTION("a line that is not two numbers") {
        const outcome ran = run("mixture", {with_last_line("4.467;74\n")});
        CHECK(ran.status == 1);
        CHECK(ran.output == "mixture: two numbers expected, found: 4.467;74\n");
    }
    SECTION("no file") {
        const outcome ran = run("mixture", {scratch / "none.csv"});
        CHECK(ran.status == 1);
        CHECK(ran.output == "mixture: " + (scratch / "none.csv") + " cannot be opened\n");
    }
}
