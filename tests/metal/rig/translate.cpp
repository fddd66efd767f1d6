// SPDX-License-Identifier: MIT
#include "translate.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <string_view>

namespace rig {

namespace {

/// The members of rig::thread_position, by the attributes that ask for them.
constexpr std::array<std::string_view, 6> vectors{"thread_position_in_grid",
                                                  "thread_position_in_threadgroup",
                                                  "threadgroup_position_in_grid",
                                                  "threads_per_threadgroup",
                                                  "threads_per_grid",
                                                  "threadgroups_per_grid"};
constexpr std::array<std::string_view, 5> scalars{"thread_index_in_threadgroup", "thread_index_in_simdgroup",
                                                  "simdgroup_index_in_threadgroup", "simdgroups_per_threadgroup",
                                                  "threads_per_simdgroup"};

bool contains(const auto& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

std::string position_struct() {
    std::string text = "\nstruct rig_position { uint ";
    for (auto name : vectors) text.append(name).append("[3], ");
    for (auto name : scalars) text.append(name).append(name == scalars.back() ? "; };\n" : ", ");
    return text;
}

std::vector<parameter> parameters_of(const std::string& list) {
    static const std::regex one(R"(\s*([\w\s]+?[\s*&]+)(\w+)\s*\[\[\s*(\w+)\s*(?:\(\s*(\d+)\s*\))?\s*\]\]\s*(?:,|$))");
    std::vector<parameter> found;
    std::size_t covered = 0;
    for (std::sregex_iterator match(list.begin(), list.end(), one), end; match != end; ++match) {
        const auto& m = *match;
        std::string type = m[1];
        type.erase(type.find_last_not_of(" \t\n") + 1);
        found.push_back({type, m[2], m[3], m[4].matched ? std::stoi(m[4]) : -1});
        covered += static_cast<std::size_t>(m.length());
    }
    if (covered != list.size()) throw std::runtime_error("kernel parameters not understood: " + list);
    return found;
}

/// What the machine passes for a parameter.
std::string argument(const kernel_signature& kernel, const parameter& p) {
    const std::string buffer = "buffers[" + std::to_string(p.index) + "]";
    if (p.attribute == "buffer" && p.type.back() == '*') return "(" + p.type + ")" + buffer;
    if (p.attribute == "buffer" && p.type.back() == '&')
        return "*(" + p.type.substr(0, p.type.size() - 1) + "*)" + buffer;
    const std::string member = "at->" + p.attribute;
    if (contains(scalars, p.attribute) && (p.type == "uint" || p.type == "ushort")) return p.type + "(" + member + ")";
    if (contains(vectors, p.attribute) && p.type == "uint") return member + "[0]";
    if (contains(vectors, p.attribute) && p.type == "uint3")
        return "uint3{" + member + "[0], " + member + "[1], " + member + "[2]}";
    throw std::runtime_error("kernel '" + kernel.name + "': no parameter of type '" + p.type + "' has the attribute '" +
                             p.attribute + "'");
}

std::string entry(const kernel_signature& kernel) {
    std::string text = "extern \"C\" void rig_entry_" + kernel.name +
                       "(void* const* buffers, const rig_position* at) {\n    (void)buffers;\n    (void)at;\n    " +
                       kernel.name + "(";
    for (const parameter& p : kernel.parameters)
        text.append(&p == &kernel.parameters.front() ? "" : ", ").append(argument(kernel, p));
    text += ");\n}\n";
    // The API's validation compares what setBytes was given with what the kernel takes.
    for (const parameter& p : kernel.parameters)
        if (p.attribute == "buffer" && p.type.back() == '&')
            text += "extern \"C\" ulong rig_size_" + kernel.name + "_" + std::to_string(p.index) +
                    "() { return sizeof(" + p.type.substr(0, p.type.size() - 1) + "); }\n";
    return text;
}

} // namespace

std::string translate(const std::string& source, std::vector<kernel_signature>& kernels) {
    // A variable of the whole threadgroup: "threadgroup float max[256];" at the start of a statement.
    static const std::regex variable(R"(^([ \t]*)threadgroup\s+(\w+)\s+(\w+)\s*((?:\[[^\]]*\])*)\s*;)",
                                     std::regex::ECMAScript | std::regex::multiline);
    std::string text;
    auto from = source.begin();
    int number = 0;
    for (std::sregex_iterator match(source.begin(), source.end(), variable), end; match != end; ++match) {
        const auto& m = *match;
        const std::string type = m[2];
        const std::string name = m[3];
        const std::string extents = m[4];
        text.append(from, m[0].first).append(m[1]);
        text += "threadgroup " + type + " (&" + name + ")" + extents + " = *(threadgroup " + type + " (*)" + extents +
                ")rig_threadgroup_memory(" + std::to_string(number++) + ", sizeof(" + type + extents + "));";
        from = m[0].second;
    }
    text.append(from, source.end());
    // Vectors are made of their elements by a call in Metal, in braces by clang.
    static const std::regex vector(R"(\b(uint[23])\(([^()]*,[^()]*)\))");
    text = std::regex_replace(text, vector, "$1{$2}");

    static const std::regex kernel(R"(\bkernel\s+void\s+(\w+)\s*\()");
    std::string out;
    std::string entries;
    std::size_t done = 0;
    for (std::sregex_iterator match(text.begin(), text.end(), kernel), end; match != end; ++match) {
        const auto& m = *match;
        const auto begin = static_cast<std::size_t>(m.position() + m.length());
        std::size_t close = begin;
        for (int depth = 1; depth != 0; ++close) depth += text.at(close) == '(' ? 1 : text.at(close) == ')' ? -1 : 0;
        kernels.push_back({m[1], parameters_of(text.substr(begin, close - 1 - begin))});
        entries += entry(kernels.back());
        out.append(text, done, static_cast<std::size_t>(m.position()) - done)
            .append("static void ")
            .append(m[1])
            .append("(");
        // The attributes are known to be right; what is left is C++.
        static const std::regex attribute(R"(\[\[[^\]]*\]\])");
        out += std::regex_replace(text.substr(begin, close - begin), attribute, "");
        done = close;
    }
    out.append(text, done);
    return out + "\n#line 1 \"entries\"\n" + position_struct() + entries;
}

} // namespace rig
