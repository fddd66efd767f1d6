// SPDX-License-Identifier: MIT
// What the headers and the kernels' text both say must be the same.
#include "judge.hpp"

#include <algorithm>
#include <sstream>

namespace {

namespace metal = summit::metal;
using gpu = summit::device::metal;

/// The members of a struct in the kernels' text, in their order: "splits", or "kept[16]".
std::vector<std::string> members_of(const std::string& name, const std::string& text) {
    const std::size_t begin = text.find("struct " + name + " {");
    REQUIRE(begin != std::string::npos);
    std::istringstream body(text.substr(text.find('{', begin) + 1, text.find('}', begin) - text.find('{', begin) - 1));
    std::vector<std::string> members;
    for (std::string type, member; body >> type && std::getline(body >> std::ws, member, ';');)
        members.push_back(member);
    return members;
}

/// The numbers that the library has for these expressions, in which g is its geometry.
std::vector<std::uint64_t> values_of(const std::vector<std::string>& expressions, const metal::geometry& g) {
    std::string text = metal::library_text<summit::op::log_sum_exp, float>() +
                       "kernel void probe(device ulong* out [[buffer(0)]], constant geometry& g [[buffer(1)]]) {\n";
    for (std::size_t i = 0; i != expressions.size(); ++i)
        text += "    out[" + std::to_string(i) + "] = ulong(" + expressions[i] + ");\n";
    text += "}\n";
    std::vector<std::uint64_t> values(expressions.size());
    const metal::autorelease_pool pool;
    metal::shared_device& device = metal::shared_device::get("kernel");
    const metal::region out =
        metal::wrap("kernel", device.device(), values.data(), values.size() * sizeof(std::uint64_t));
    metal::command work("kernel", device.commands());
    work.dispatch(device.find("kernel", text, "probe"), {&out}, &g, sizeof g, {1, 1, 1}, 1);
    work.run();
    return values;
}

} // namespace

TEST_CASE("the kernels find every member of their argument where the host put it", "[metal][limits]") {
    metal_tests::need_device<gpu>();
    metal::geometry g{};
    std::vector<std::string> names;
    std::size_t bytes = 0;
    // A number of its own to each.
    const auto put = [&](const std::string& name, auto& member) {
        names.push_back(name);
        member = static_cast<std::remove_reference_t<decltype(member)>>(names.size());
        bytes += sizeof member;
    };
    put("results", g.results);
    put("terms", g.terms);
    put("share", g.share);
    put("result_start", g.result_start);
    put("splits", g.splits);
    put("kept_loops", g.kept_loops);
    put("reduced_loops", g.reduced_loops);
    put("results_per_group", g.results_per_group);
    put("threads_per_result", g.threads_per_result);
    put("result_distance", g.result_distance);
    put("term_distance", g.term_distance);
    put("count_high", g.count_high);
    put("count_low", g.count_low);
    put("unused", g.unused);
    const auto put_loops = [&](const std::string& name, auto& loops) {
        for (std::size_t i = 0; i != loops.size(); ++i) {
            const std::string place = name + "[" + std::to_string(i) + "].";
            put(place + "extent", loops[i].extent);
            put(place + "stride", loops[i].stride);
            put(place + "result_stride", loops[i].result_stride);
        }
    };
    put_loops("kept", g.kept);
    put_loops("reduced", g.reduced);
    CHECK(bytes == sizeof g);

    // The text has these members and no others.
    const std::string text = metal::library_text<summit::op::log_sum_exp, float>();
    std::vector<std::string> in_text;
    for (const std::string& member : members_of("geometry", text)) {
        const std::size_t bracket = member.find('[');
        const int count = bracket == std::string::npos ? 0 : std::stoi(member.substr(bracket + 1));
        if (bracket == std::string::npos) in_text.push_back(member);
        for (int i = 0; i != count; ++i)
            for (const std::string& part : members_of("loop", text))
                in_text.push_back(member.substr(0, bracket) + "[" + std::to_string(i) + "]." + part);
    }
    CHECK(in_text == names);

    std::vector<std::string> expressions;
    for (const std::string& name : names) expressions.push_back("g." + name);
    const std::vector<std::uint64_t> values = values_of(expressions, g);
    for (std::size_t i = 0; i != values.size(); ++i) {
        INFO(names[i]);
        CHECK(values[i] == i + 1);
    }
}

TEST_CASE("the kernels have the host's constants", "[metal][limits]") {
    metal_tests::need_device<gpu>();
    CHECK(values_of({"block", "most_threads", "sizeof(geometry)"}, {}) ==
          std::vector<std::uint64_t>{metal::block, metal::most_threads, sizeof(metal::geometry)});
}
