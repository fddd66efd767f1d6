// SPDX-License-Identifier: MIT
#pragma once

#include "../kinds.hpp"
#include "../problem.hpp"
#include "timing.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// What the command line asks for. An empty list asks for all.
struct options {
    bool help = false, lengths = false, corners = false, every = false, quick = false;
    std::vector<std::string> layouts, types, kinds;
    std::string csv;

    [[nodiscard]] patience pace() const { return quick ? hurry : patience{}; }
    /// In a hurry none of the largest, whose elements take longer to make than to measure.
    [[nodiscard]] bool wants(const problem& x) const {
        if (quick && x.size() > 10'000'000) return false;
        const auto is_in_name = [&](const std::string& part) { return x.name.find(part) != x.name.npos; };
        return layouts.empty() || std::ranges::any_of(layouts, is_in_name);
    }
    [[nodiscard]] bool wants(element type) const { return types.empty() || names(types, bench::name(type)); }
    [[nodiscard]] bool wants(kind k) const { return kinds.empty() || names(kinds, describe(k).name); }

    [[nodiscard]] static bool names(const std::vector<std::string>& list, std::string_view name) {
        return std::ranges::find(list, name) != list.end();
    }
};

[[nodiscard]] inline std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    for (std::size_t end; !list.empty(); list.remove_prefix(std::min(end + 1, list.size()))) {
        end = std::min(list.find(','), list.size());
        parts.emplace_back(list.substr(0, end));
    }
    return parts;
}

/// Throws std::invalid_argument for what nobody knows: a run that measures nothing must not look like one that found nothing.
[[nodiscard]] inline options parse(int argc, char** argv) {
    options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto takes = [&](std::string_view option, auto& value) {
            if (!argument.starts_with(option) || argument.size() == option.size()) return false;
            if constexpr (requires { value = std::string(); })
                value = argument.substr(option.size());
            else
                value = split(argument.substr(option.size()));
            return true;
        };
        if (argument == "--help")
            o.help = true;
        else if (argument == "--lengths")
            o.lengths = true;
        else if (argument == "--corners")
            o.corners = true;
        else if (argument == "--every")
            o.every = true;
        else if (argument == "--quick")
            o.quick = true;
        else if (!takes("--layouts=", o.layouts) && !takes("--types=", o.types) && !takes("--kinds=", o.kinds) &&
                 !takes("--csv=", o.csv))
            throw std::invalid_argument("unknown argument '" + std::string(argument) + "'");
    }
    std::vector<std::string> types{"float", "double", "float16", "bfloat16"};
    if (o.corners) types.insert(types.end(), {"int8", "int32", "complex_float", "complex_double"});
    for (const std::string& type : o.types)
        if (!options::names(types, type)) throw std::invalid_argument("no element type '" + type + "' here");
    for (const std::string& k : o.kinds)
        if (std::ranges::none_of(kinds, [&](const kind_description& known) { return known.name == k; }))
            throw std::invalid_argument("no kind of data '" + k + "'");
    return o;
}

} // namespace bench
