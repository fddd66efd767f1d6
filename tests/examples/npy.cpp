// SPDX-License-Identifier: MIT
#include "command.hpp"

#include "npy_file.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <variant>
#include <vector>

using Catch::Matchers::Message;
using Catch::Matchers::WithinRel;

namespace {

std::string prefix(int major, std::size_t length) {
    std::string bytes = "\x93NUMPY";
    bytes += {static_cast<char>(major), '\0'};
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i) bytes += static_cast<char>(length >> (8 * i) & 255);
    return bytes;
}

std::string with_header(const std::string& header, const std::string& elements, int major = 1) {
    return prefix(major, header.size()) + header + elements;
}

std::string header(const std::string& dtype, bool fortran, const std::string& shape) {
    return "{'descr': '" + dtype + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape +
           ", }  \n";
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The path, so that a file can be made inside an expression.
std::string store(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
}

template <class T>
constexpr const char* dtype_of = sizeof(T) == 4 ? "<f4" : "<f8";

/// Some (2, 3, 4) values with no pattern that a wrong order would preserve.
template <class T>
T value(int i, int j, int k) {
    return static_cast<T>(3 * std::sin(1 + i + 10 * j + 100 * k));
}

template <class T>
std::string file_of_values(bool fortran, int major) {
    std::vector<T> values;
    for (int n = 0; n < 24; ++n)
        values.push_back(fortran ? value<T>(n % 2, n / 2 % 3, n / 6) : value<T>(n / 12, n / 4 % 3, n % 4));
    return with_header(header(dtype_of<T>, fortran, "(2, 3, 4)"), bytes_of(values), major);
}

/// log Σ exp(value(i, j, k)) over j, in long double and without a shift: the values are small.
template <class T>
double over_axis_1(int i, int k) {
    long double sum = 0;
    for (int j = 0; j < 3; ++j) sum += std::exp(static_cast<long double>(value<T>(i, j, k)));
    return static_cast<double>(std::log(sum));
}

template <class T>
constexpr double relative_tolerance = 4 * static_cast<double>(std::numeric_limits<T>::epsilon());

template <class T>
summit::view<const T> view_of(const npy::file& source) {
    return npy::view_of(source.elements_order, std::get<summit::array<T>>(source.elements));
}

} // namespace

TEMPLATE_TEST_CASE("npy::read reads every element type, order and format version", "[examples][npy]", float, double) {
    const scratch_directory scratch;
    for (const bool fortran : {false, true}) {
        for (const int major : {1, 2, 3}) {
            CAPTURE(fortran, major);
            const npy::file source = npy::read(store(scratch / "a.npy", file_of_values<TestType>(fortran, major)));
            const summit::view<const TestType> v = view_of<TestType>(source);
            REQUIRE(v.shape() == summit::index_list{2, 3, 4});
            // Fortran order is a matter of strides: the elements stay as they lie.
            CHECK(v.strides() == (fortran ? summit::index_list{1, 2, 6} : summit::index_list{12, 4, 1}));
            for (int i = 0; i < 2; ++i)
                for (int j = 0; j < 3; ++j)
                    for (int k = 0; k < 4; ++k) CHECK(v(i, j, k) == value<TestType>(i, j, k));
        }
    }
}

TEST_CASE("npy::read takes a header in any spelling that Python reads alike", "[examples][npy]") {
    const scratch_directory scratch;
    const std::string elements = bytes_of<double>({1, 2, 3});
    for (const std::string text : {
             "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}\n",
             "{\"shape\":(3,),\"fortran_order\":True,\"descr\":\"<f8\"}",
             "  { 'shape' : ( 3 , ) , 'descr' : '=f8' , 'fortran_order' : False }  \n",
             "{'descr': 'f8', 'fortran_order': False, 'shape': (3L,), }",
         }) {
        CAPTURE(text);
        const npy::file source = npy::read(store(scratch / "a.npy", with_header(text, elements)));
        CHECK(view_of<double>(source).shape() == summit::index_list{3});
        CHECK(view_of<double>(source)(2) == 3);
    }
}

TEST_CASE("npy::read reads rank 0, rank 16 and empty shapes", "[examples][npy]") {
    const scratch_directory scratch;
    const auto shape_of = [&](const std::string& shape, const std::vector<float>& values, bool fortran) {
        const std::string bytes = with_header(header("<f4", fortran, shape), bytes_of(values));
        return view_of<float>(npy::read(store(scratch / "a.npy", bytes))).shape();
    };
    for (const bool fortran : {false, true}) {
        CHECK(shape_of("()", {7}, fortran) == summit::index_list{});
        CHECK(shape_of("(0,)", {}, fortran) == summit::index_list{0});
        CHECK(shape_of("(3, 0, 2)", {}, fortran) == summit::index_list{3, 0, 2});
        CHECK(shape_of("(2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3)", {1, 2, 3, 4, 5, 6}, fortran) ==
              summit::index_list{2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3});
    }
}

TEST_CASE("npy::read says what is wrong with a file", "[examples][npy]") {
    const scratch_directory scratch;
    const std::string path = scratch / "bad.npy";
    const std::string good = header("<f8", false, "(2,)"), elements = bytes_of<double>({1, 2});
    const auto check = [&](const std::string& bytes, const std::string& complaint) {
        store(path, bytes);
        CHECK_THROWS_MATCHES(npy::read(path), npy::file_error, Message(path + ": " + complaint));
    };
    const auto check_header = [&](const std::string& text, const std::string& complaint) {
        check(with_header(text, elements), "bad header: " + complaint + ", in " + npy::printable(text));
    };

    SECTION("not a .npy file") {
        check("", "not a .npy file: starts with \"\"");
        check("\x93NUM", "not a .npy file: starts with \"\\x93NUM\"");
        check("PK\x03\x04 a zip file", "not a .npy file: starts with \"PK\\x03\\x04 a\"");
    }
    SECTION("format version") {
        check("\x93NUMPY\x04" + std::string(100, '\0'), "format version 4.0 is not supported, only 1.0, 2.0 and 3.0");
        check("\x93NUMPY\x01\x02" + std::string(100, '\0'),
              "format version 1.2 is not supported, only 1.0, 2.0 and 3.0");
    }
    SECTION("truncated") {
        check("\x93NUMPY\x01", "truncated in its version: 7 bytes in all");
        check(prefix(2, 0).substr(0, 10), "truncated in its header length: 10 bytes in all");
        check(prefix(1, good.size() + 1) + good,
              "truncated in its header: " + std::to_string(10 + good.size()) + " bytes in all");
        check(prefix(3, 0xffffffff) + good,
              "truncated in its header: " + std::to_string(12 + good.size()) + " bytes in all");
        check(with_header(good, elements.substr(1)),
              "truncated: 15 bytes of elements found, 16 needed for shape (2,) of <f8");
        check(with_header(header("<f4", true, "()"), ""),
              "truncated: 0 bytes of elements found, 4 needed for shape () of <f4");
    }
    SECTION("trailing bytes") {
        check(with_header(good, elements + '\0'),
              "trailing bytes: 17 bytes of elements found, 16 needed for shape (2,) of <f8");
        check(with_header(header("<f4", false, "(0, 5)"), "x"),
              "trailing bytes: 1 bytes of elements found, 0 needed for shape (0, 5) of <f4");
    }
    SECTION("dtype") {
        check(with_header(header("<i4", false, "(4,)"), elements),
              "dtype \"<i4\" is not supported, only \"<f4\" and \"<f8\"");
        check(with_header(header("<f2", false, "(8,)"), elements),
              "dtype \"<f2\" is not supported, only \"<f4\" and \"<f8\"");
        check(with_header(header("|O", false, "(2,)"), elements),
              "dtype \"|O\" is not supported, only \"<f4\" and \"<f8\"");
        check(with_header(header("<c8", false, "(2,)"), elements),
              "dtype \"<c8\" is not supported, only \"<f4\" and \"<f8\"");
        check(with_header(header(">f8", false, "(2,)"), elements),
              "dtype \">f8\" is not supported, only \"<f4\" and \"<f8\" (this one is big-endian)");
        check(with_header("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,), }", elements),
              "structured dtype is not supported, only float32 and float64");
    }
    SECTION("the dict") {
        check_header("", "expected a dict");
        check_header("[1]", "expected a dict");
        check_header("{}", "no key \"descr\"");
        check_header("{'descr': '<f8'}", "no key \"fortran_order\"");
        check_header("{'descr': '<f8', 'fortran_order': False}", "no key \"shape\"");
        check_header("{'descr': '<f8', 'descr': '<f8'}", "key \"descr\" given twice");
        check_header("{'colour': 'red'}", "unknown key \"colour\"");
        check_header("{descr: '<f8'}", "expected a key in quotes");
        check_header("{'descr", "expected a key in quotes");
        check_header("{'descr' '<f8'}", "expected ':' after a key");
        check_header("{'descr': <f8}", "expected a dtype in quotes");
        check_header("{'descr': '<f8' 'shape': (2,)}", "expected ',' or '}' after a value");
        check_header("{'descr': '<f8',", "expected a key in quotes");
        check_header("{'fortran_order': 1}", "expected True or False for \"fortran_order\"");
        check_header(good + "x", "something after the dict");
        check_header(good + std::string(1, '\0'), "something after the dict");
        check_header("\x1b[31m", "expected a dict"); // what a terminal would act upon is spelt out
        CHECK(npy::printable("\x1b[31m") == "\"\\x1b[31m\"");
    }
    SECTION("the shape") {
        const auto check_shape = [&](const std::string& shape, const std::string& complaint) {
            check_header(header("<f8", false, shape), complaint);
        };
        check_shape("2", "expected a tuple for \"shape\"");
        check_shape("[2]", "expected a tuple for \"shape\"");
        check_shape("(2)", "\"shape\" is a number, not a tuple");
        check_shape("(,)", "expected an extent in \"shape\"");
        check_shape("(2,,)", "expected an extent in \"shape\"");
        check_shape("(2.0,)", "expected ',' or ')' in \"shape\"");
        check_shape("(2 1)", "expected ',' or ')' in \"shape\"");
        check_shape("(True,)", "expected an extent in \"shape\"");
        check_shape("(-2,)", "negative extent in \"shape\"");
        check_shape("(9223372036854775808,)", "extent in \"shape\" overflows");
        check_shape("(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)", "more than 16 dimensions are not supported");
        check_header("{'shape': (2,", "expected an extent in \"shape\"");
        const auto overflowing = [&](const std::string& shape) {
            check(with_header(header("<f8", false, shape), elements), "shape " + shape + " of <f8 overflows");
        };
        overflowing("(9223372036854775807,)");
        overflowing("(4294967296, 4294967296)"); // the product is 0 in 64 bits
        overflowing("(0, 4294967296, 4294967296)");
    }
    SECTION("no file") {
        CHECK_THROWS_MATCHES(npy::read(scratch / "none.npy"), npy::file_error,
                             Message((scratch / "none.npy") + ": cannot be read: No such file or directory"));
        CHECK_THROWS_AS(npy::read(scratch / "."), npy::file_error);
    }
}

// Worth most under the address sanitizer.
TEST_CASE("npy::read survives a damaged file", "[examples][npy]") {
    const scratch_directory scratch;
    const std::string path = scratch / "damaged.npy";
    for (const int major : {1, 2}) {
        const std::string whole = file_of_values<float>(true, major);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            store(path, whole.substr(0, length));
            CHECK_THROWS_AS(npy::read(path), npy::file_error);
        }
        const std::size_t elements_start = whole.size() - 24 * sizeof(float);
        for (std::size_t at = 0; at < elements_start; ++at) {
            for (const char other : {'\0', '\xff', '9', '(', ')', '\'', ',', ' ', '}'}) {
                std::string damaged = whole;
                damaged[at] = other;
                store(path, damaged);
                // A changed byte may leave a valid file, of the same size in bytes; what it must not do is read beyond.
                try {
                    const npy::file source = npy::read(path);
                    std::visit(
                        [](const auto& e) { CHECK(e.size() * static_cast<std::ptrdiff_t>(sizeof(*e.data())) == 96); },
                        source.elements);
                } catch (const npy::file_error&) {}
            }
        }
    }
}

TEST_CASE("npy::write makes the file that NumPy makes", "[examples][npy]") {
    const scratch_directory scratch;
    const auto start = [](const std::string& dict) {
        const std::size_t size = (10 + dict.size() + 1 + 63) / 64 * 64 - 10;
        return prefix(1, size) + dict + std::string(size - dict.size() - 1, ' ') + "\n";
    };
    npy::write(scratch / "a.npy", summit::array<float>({1, 3}, {1, 2, 3}));
    CHECK(contents(scratch / "a.npy") ==
          start("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }") + bytes_of<float>({1, 2, 3}));
    npy::write(scratch / "b.npy", summit::array<double>({}, {5}));
    CHECK(contents(scratch / "b.npy") ==
          start("{'descr': '<f8', 'fortran_order': False, 'shape': (), }") + bytes_of<double>({5}));
    // Every length of the dict, the one that just fills 64 bytes too.
    for (std::ptrdiff_t extent = 1; extent <= 1'000'000; extent *= 10) {
        npy::write(scratch / "c.npy", summit::array<double>({0, extent}));
        CHECK(contents(scratch / "c.npy").size() % 64 == 0);
        CHECK(view_of<double>(npy::read(scratch / "c.npy")).shape() == summit::index_list{0, extent});
    }
    CHECK_THROWS_MATCHES(npy::write(scratch / "none/a.npy", summit::array<float>({1})), npy::file_error,
                         Message((scratch / "none/a.npy") + ": cannot be written"));
}

TEMPLATE_TEST_CASE("npy reduces and writes what it read", "[examples][npy]", float, double) {
    const scratch_directory scratch;
    const std::string out = scratch / "out.npy";
    for (const bool fortran : {false, true}) {
        CAPTURE(fortran);
        const std::string in = store(scratch / "in.npy", file_of_values<TestType>(fortran, 1));

        outcome ran = run("npy", {in, "--axis", "1", "--output", out});
        CHECK(ran.status == 0);
        CHECK(ran.output.empty());
        npy::file result = npy::read(out);
        REQUIRE(view_of<TestType>(result).shape() == summit::index_list{2, 4});
        for (int i = 0; i < 2; ++i)
            for (int k = 0; k < 4; ++k)
                CHECK_THAT(view_of<TestType>(result)(i, k),
                           WithinRel(over_axis_1<TestType>(i, k), relative_tolerance<TestType>));

        ran = run("npy", {in, "--output", out, "--keepdims", "--axis", "0,-2"});
        CHECK(ran.status == 0);
        result = npy::read(out);
        REQUIRE(view_of<TestType>(result).shape() == summit::index_list{1, 1, 4});
        double all = 0;
        for (int k = 0; k < 4; ++k) {
            const double both = std::exp(over_axis_1<TestType>(0, k)) + std::exp(over_axis_1<TestType>(1, k));
            CHECK_THAT(view_of<TestType>(result)(0, 0, k), WithinRel(std::log(both), relative_tolerance<TestType>));
            all += both;
        }

        ran = run("npy", {in});
        CHECK(ran.status == 0);
        REQUIRE(ran.output.starts_with("shape ()\n"));
        CHECK_THAT(std::stod(ran.output.substr(9)), WithinRel(std::log(all), relative_tolerance<TestType>));
    }
}

TEST_CASE("npy prints as NumPy does", "[examples][npy]") {
    const scratch_directory scratch;
    const auto printed = [&](const std::string& shape, const std::vector<double>& values, const std::string& axis) {
        const std::string in = store(scratch / "in.npy", with_header(header("<f8", false, shape), bytes_of(values)));
        const outcome ran = run("npy", {in, "--axis", axis});
        CHECK(ran.status == 0);
        return ran.output;
    };
    constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(printed("(2, 2, 1)", {0.5, -1.25, 3, 1e300}, "2") == "shape (2, 2)\n[[0.5 -1.25]\n [3 1e+300]]\n");
    CHECK(printed("(2, 1, 2, 1)", {1, 2, 3, 4}, "-1") == "shape (2, 1, 2)\n[[[1 2]]\n [[3 4]]]\n");
    CHECK(printed("(4, 1)", {infinity, -infinity, nan, -nan}, "1") == "shape (4,)\n[inf -inf nan nan]\n");
    CHECK(printed("(2, 0)", {}, "1") == "shape (2,)\n[-inf -inf]\n"); // the log of an empty sum
    CHECK(printed("(1000000000000, 0, 1)", {}, "2") == "shape (1000000000000, 0)\n[]\n");

    std::vector<double> count(101);
    for (std::size_t i = 0; i < count.size(); ++i) count[i] = static_cast<double>(i);
    CHECK(printed("(1, 101)", count, "0") == "shape (101,)\n[0 1 2 ... 98 99 100]\n");
    count.pop_back();
    const std::string hundred = printed("(1, 100)", count, "0");
    CHECK(hundred.find("...") == std::string::npos);
    CHECK(hundred.ends_with(" 98 99]\n"));
}

TEST_CASE("npy blames the command line with 2 and the file with 1", "[examples][npy]") {
    const scratch_directory scratch;
    const std::string in = store(scratch / "in.npy", file_of_values<float>(false, 1));
    const std::string usage = "usage: npy FILE [--axis 0,2] [--keepdims] [--output OUT.npy]\n";
    const auto check = [&](std::initializer_list<std::string> arguments, int status, const std::string& output) {
        const outcome ran = run("npy", arguments);
        CHECK(ran.status == status);
        CHECK(ran.output == "npy: " + output);
    };
    check({}, 2, "no FILE given\n" + usage);
    check({""}, 2, "no FILE given\n" + usage);
    check({in, in}, 2, "one FILE, not also " + npy::printable(in) + "\n" + usage);
    check({in, "--axes", "1"}, 2, "unknown option \"--axes\"\n" + usage);
    check({in, "--axis"}, 2, "--axis needs a value\n" + usage);
    check({in, "--output"}, 2, "--output needs a value\n" + usage);
    for (const std::string list : {"", ",", "1,", ",1", "1,,2", "one", "1 ", "1.5", "99999999999999999999"})
        check({in, "--axis", list}, 2,
              "--axis takes integers with commas between them, not \"" + list + "\"\n" + usage);
    // Which axes there are, the library says.
    CHECK(run("npy", {in, "--axis", "3"}).status == 2);
    CHECK(run("npy", {in, "--axis", "3"}).output.starts_with("npy: " + in + ": summit::logsumexp: "));
    CHECK(run("npy", {in, "--axis", "1,-2"}).status == 2);

    check({scratch / "none.npy"}, 1, (scratch / "none.npy") + ": cannot be read: No such file or directory\n");
    check({store(scratch / "text.npy", "1 2 3")}, 1,
          (scratch / "text.npy") + ": not a .npy file: starts with \"1 2 3\"\n");
    check({in, "--output", scratch / "none/out.npy"}, 1, (scratch / "none/out.npy") + ": cannot be written\n");
}

TEST_CASE("the .npy files in examples hold the eruptions of faithful.csv", "[examples][npy]") {
    const npy::file row_major = npy::read(SUMMIT_EXAMPLES "/faithful.npy");
    const npy::file column_major = npy::read(SUMMIT_EXAMPLES "/faithful_fortran.npy");
    CHECK(column_major.elements_order == npy::order::fortran);
    const auto doubles = view_of<double>(row_major);
    const auto floats = view_of<float>(column_major);
    REQUIRE(doubles.shape() == summit::index_list{272, 2});
    REQUIRE(floats.shape() == summit::index_list{272, 2});

    std::ifstream table(SUMMIT_EXAMPLES "/faithful.csv");
    std::string line;
    while (std::getline(table, line) && line != "eruptions,waiting") {}
    for (int i = 0; i < 272; ++i) {
        REQUIRE(std::getline(table, line));
        const double length = std::stod(line), waiting = std::stod(line.substr(line.find(',') + 1));
        CHECK(doubles(i, 0) == length);
        CHECK(doubles(i, 1) == waiting);
        CHECK(floats(i, 0) == static_cast<float>(length));
        CHECK(floats(i, 1) == static_cast<float>(waiting));
    }
    CHECK_FALSE(std::getline(table, line));

    // SciPy's logsumexp of the same: 96.24710383641167.
    const outcome ran = run("npy", {SUMMIT_EXAMPLES "/faithful.npy"});
    CHECK(ran.status == 0);
    CHECK_THAT(std::stod(ran.output.substr(ran.output.find('\n'))), WithinRel(96.24710383641167, 1e-15));
}
