// SPDX-License-Identifier: MIT
#include "sends.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <string>

namespace {

/// The runtime's encoding in the words of encoding_of: without offsets, names and qualifiers, objects and blocks as @, a
/// BOOL of either kind as B, the receiver and the selector left out.
std::string plain(const char* encoding) {
    std::string text = std::regex_replace(encoding, std::regex("\\{_?[A-Za-z?]*=([^}]*)\\}"), "{$1}");
    text = std::regex_replace(text, std::regex("[0-9rVnNoOR]|\"[^\"]*\""), "");
    text = std::regex_replace(text, std::regex("@\\?"), "@");
    text = std::regex_replace(text, std::regex("[cC]"), "B");
    text = std::regex_replace(text, std::regex("#"), "@");
    text = std::regex_replace(text, std::regex("L"), "Q");
    return text.erase(text.find("@:"), 2);
}

} // namespace

namespace summit::inline version0::metal {

void check_send(id receiver, SEL selector, const std::string& encoding) {
    if (receiver == nullptr) return;
    const Class its_class = object_getClass(receiver);
    // A class's own methods are the instance methods of its class.
    const auto method = class_getInstanceMethod(its_class, selector);
    const std::string wanted = method == nullptr ? "no such method" : plain(method_getTypeEncoding(method));
    if (wanted == encoding) return;
    std::fprintf(stderr, "%s is sent as %s to a method of %s\n", sel_getName(selector), encoding.c_str(),
                 wanted.c_str());
    std::abort();
}

} // namespace summit::inline version0::metal

TEST_CASE("the encodings of messages are read as the runtimes write them", "[metal]") {
    CHECK(plain("@24@0:8@16") == "@@");
    CHECK(plain("v48@0:8r^v16Q24Q32") == "v^vQQ");
    CHECK(plain("v64@0:8{?=QQQ}16{?=QQQ}40") == "v{QQQ}{QQQ}");
    CHECK(plain("v64@0:8{_MTLSize=QQQ}16{MTLSize=QQQ}40") == "v{QQQ}{QQQ}");
    CHECK(plain("@48@0:8^v16Q24Q32@?40") == "@^vQQ@");
    CHECK(plain("v20@0:8c16") == "vB");
    CHECK(plain("r*16@0:8") == "*");
}
