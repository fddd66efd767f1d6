// SPDX-License-Identifier: MIT
// Shapes, types and special values, the same on the processor and on Metal.
#include "targets.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include <array>
#include <limits>
#include <random>

using namespace metal_tests;
using summit::index_list;

namespace {

/// Every way through the kernels: neighbouring threads along terms or across results, one loop or several, split or not.
std::vector<layout> layouts(std::ptrdiff_t results, std::ptrdiff_t terms) {
    const std::ptrdiff_t halves = (terms + 1) / 2;
    const std::ptrdiff_t fifths = (terms + 4) / 5;
    return {
        {"rows", {results, terms}, {terms, 1}, {1}},
        {"padded rows", {results, terms}, {terms + 3, 1}, {1}},
        {"every second element", {results, terms}, {2 * terms + 5, 2}, {1}},
        {"rows walked backwards", {results, terms}, {-terms, -1}, {1}},
        {"columns", {terms, results}, {results, 1}, {0}},
        {"columns of every third", {terms, results}, {3 * results + 1, 3}, {0}},
        {"outer and inner at once", {2, results, halves}, {(halves + 1) * results, halves + 1, 1}, {0, 2}},
        {"three loops reduced", {fifths, results, 5, 1}, {-27 * results, 27, 3, 5}, {0, 2, 3}},
        {"three loops kept", {2, terms, results, 3}, {3 * results * terms, 3 * results, 3, 1}, {1}},
        {"one broadcast result", {results, terms}, {0, 1}, {1}},
    };
}

template <class T>
T ordinary(std::mt19937& random) {
    if constexpr (std::same_as<T, bool>)
        return (random() & 1) != 0;
    else if constexpr (std::integral<T>)
        return static_cast<T>(std::uniform_int_distribution<int>(std::is_signed_v<T> ? -90 : 0, 90)(random));
    else
        return T(std::normal_distribution<float>(0.0F, 4.0F)(random));
}

template <class T>
void fill(laid_out<T>& elements, const layout& l, std::mt19937& random) {
    for (std::ptrdiff_t r = 0; r != l.results; ++r)
        for (std::ptrdiff_t t = 0; t != l.terms; ++t) elements.at(r, t) = ordinary<T>(random);
}

template <class Device, class T>
std::string check(const layout& l, unsigned seed) {
    std::mt19937 random(seed);
    laid_out<T> elements(l);
    fill(elements, l, random);
    return judge<Device>(elements, l);
}

} // namespace

TEMPLATE_LIST_TEST_CASE("every layout of few and many terms", "[metal][shapes]", all_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    constexpr bool every_size = std::same_as<T, float>;
    const std::vector<std::ptrdiff_t> sizes =
        every_size ? std::vector<std::ptrdiff_t>{1, 2, 7, 8, 9, 16, 31, 33, 65, 257, 1030}
                   : std::vector<std::ptrdiff_t>{3, 130};
    for (std::ptrdiff_t terms : sizes)
        for (std::ptrdiff_t results : {1, 2, 5, 37})
            for (const layout& l : layouts(results, terms)) {
                if (l.results * l.terms > 20000) continue;
                INFO(to_string(l.shape) << ' ' << to_string(l.strides));
                REQUIRE(check<device, T>(l, static_cast<unsigned>(terms)) == "");
            }
}

TEMPLATE_LIST_TEST_CASE("rows so long that threadgroups share them", "[metal][shapes]", float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    for (std::ptrdiff_t terms : {8193, 20001})
        for (const layout& l : layouts(1, terms)) REQUIRE(check<device, T>(l, 1) == "");
    for (const layout& l : layouts(3, 10001)) REQUIRE(check<device, T>(l, 2) == "");
    for (const layout& l : layouts(70, 1500)) REQUIRE(check<device, T>(l, 3) == "");
}

TEMPLATE_LIST_TEST_CASE("layouts at random", "[metal][shapes][memory]", float_target) {
    using device = typename TestType::device;
    need_device<device>();
    std::mt19937 random(20260307);
    const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
    for (int round = 0; round != 400 / shortened; ++round) {
        const auto rank = static_cast<std::size_t>(below(8));
        std::vector<std::ptrdiff_t> shape(rank, 1);
        std::vector<std::ptrdiff_t> strides(rank, 0);
        std::vector<std::size_t> order(rank);
        std::vector<int> reduced;
        std::ptrdiff_t size = 1;
        for (std::size_t i = 0; i != rank; ++i) {
            order[i] = i;
            const std::ptrdiff_t extent = below(6) == 0 ? 30 + below(40) : 1 + below(5);
            if (size * extent <= 2000) shape[i] = extent;
            size *= shape[i];
            if (below(2) == 0) reduced.push_back(static_cast<int>(i));
        }
        std::shuffle(order.begin(), order.end(), random);
        std::ptrdiff_t step = 1 + below(2);
        for (std::size_t i : order) {
            if (below(7) == 0) continue;
            strides[i] = below(3) == 0 ? -step : step;
            step = step * shape[i] + (below(3) == 0 ? 1 + below(9) : 0);
        }
        const layout l("round " + std::to_string(round), index_list(shape), index_list(strides), reduced);
        INFO(to_string(l.shape) << ' ' << to_string(l.strides));
        REQUIRE(check<device, float>(l, static_cast<unsigned>(round)) == "");
    }
}

TEMPLATE_LIST_TEST_CASE("special values at every place", "[metal][special][memory]", float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    using format = support::binary_format<T>;
    using bits = typename format::bits;
    need_device<device>();
    const T nan = format::from(format::quiet_nan);
    const T negative_nan = format::from(static_cast<bits>(format::quiet_nan | format::sign | 3));
    const T signalling = format::from(static_cast<bits>(format::infinity + 1));
    const T plus = format::from(format::infinity);
    const T minus = format::from(static_cast<bits>(format::infinity | format::sign));
    const T largest = format::from(static_cast<bits>(format::infinity - 1));
    const T lowest = format::from(static_cast<bits>((format::infinity - 1) | format::sign));
    const T zero = format::from(0);
    const T minus_zero = format::from(format::sign);
    const T one(1.0F);
    // What most terms are, which one stands at the place tried, and which one further on.
    const std::vector<std::array<T, 3>> table{{one, nan, one},
                                              {one, negative_nan, one},
                                              {one, signalling, one},
                                              {one, plus, one},
                                              {one, minus, one},
                                              {one, plus, nan},
                                              {one, nan, plus},
                                              {one, minus, nan},
                                              {one, plus, minus},
                                              {minus, minus, minus},
                                              {minus, one, minus},
                                              {minus, one, one},
                                              {minus, lowest, minus},
                                              {minus, zero, minus},
                                              {minus, nan, minus},
                                              {minus, plus, minus},
                                              {minus, plus, nan},
                                              {plus, plus, plus},
                                              {plus, nan, plus},
                                              {plus, minus, plus},
                                              {nan, nan, nan},
                                              {nan, plus, nan},
                                              {one, largest, one},
                                              {one, largest, plus},
                                              {minus, largest, minus},
                                              {lowest, lowest, lowest},
                                              {lowest, one, lowest},
                                              {lowest, minus, lowest},
                                              {lowest, nan, lowest},
                                              {zero, zero, zero},
                                              {minus_zero, minus_zero, minus_zero},
                                              {minus, minus_zero, minus}};
    for (std::ptrdiff_t terms : {1, 2, 9, 40, 300, 9000}) {
        const auto rows = static_cast<std::ptrdiff_t>(table.size());
        const std::ptrdiff_t places[] = {0, terms / 2, terms - 1};
        for (const layout& l : {layout("rows", {rows * 3, terms}, {terms, 1}, {1}),
                                layout("columns", {terms, rows * 3}, {rows * 3, 1}, {0})}) {
            laid_out<T> elements(l);
            for (std::ptrdiff_t r = 0; r != l.results; ++r) {
                const auto& row = table[static_cast<std::size_t>(r / 3)];
                const std::ptrdiff_t at = places[r % 3];
                for (std::ptrdiff_t t = 0; t != terms; ++t)
                    elements.at(r, t) = t == at ? row[1] : t == (at + terms / 2 + 1) % terms ? row[2] : row[0];
            }
            REQUIRE(judge<device>(elements, l) == "");
        }
    }
}

TEMPLATE_LIST_TEST_CASE("integers are promoted before anything is subtracted", "[metal][special]", all_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    if constexpr (std::integral<T>) {
        const layout l("extremes", {4, 3}, {3, 1}, {1});
        laid_out<T> elements(l);
        const T low = std::numeric_limits<T>::lowest();
        const T high = std::numeric_limits<T>::max();
        const T all[4][3] = {{low, low, low}, {high, low, high}, {high, high, high}, {T(1), T(0), high}};
        for (std::ptrdiff_t r = 0; r != 4; ++r)
            for (std::ptrdiff_t t = 0; t != 3; ++t) elements.at(r, t) = all[r][t];
        CHECK(judge<device>(elements, l) == "");
    }
}

TEMPLATE_LIST_TEST_CASE("results near 0 keep their digits", "[metal][accuracy]", float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    std::mt19937 random(7);
    for (int round = 0; round != 24; ++round)
        for (std::ptrdiff_t terms : {2, 3, 20, 100, 1000}) {
            const layout l("shifted", {terms > 500 ? 6 : 40, terms}, {terms, 1}, {1});
            laid_out<T> elements(l);
            for (std::ptrdiff_t r = 0; r != l.results; ++r) {
                std::normal_distribution<double> values(0.0, std::ldexp(1.0, static_cast<int>(random() % 9) - 4));
                std::vector<double> x(static_cast<std::size_t>(terms));
                double sum = 0.0;
                for (double& value : x) sum += std::exp(value = values(random));
                const double target = std::ldexp((random() & 1) != 0 ? 1.0 : -1.0, 4 - static_cast<int>(random() % 24));
                for (std::ptrdiff_t t = 0; t != terms; ++t)
                    elements.at(r, t) = T(static_cast<float>(x[static_cast<std::size_t>(t)] - std::log(sum) + target));
            }
            REQUIRE(judge<device>(elements, l) == "");
        }
    // The 1 of the maximum does not stand in the way of the others.
    for (float other : {-5.0F, -16.0F, -40.0F, -80.0F}) {
        const layout l("beside 0", {2}, {1}, {0});
        laid_out<T> elements(l);
        elements.at(0, 0) = T(0.0F);
        elements.at(0, 1) = T(other);
        CHECK(judge<device>(elements, l) == "");
    }
}

TEMPLATE_LIST_TEST_CASE("terms too small for a float alone count where there are many", "[metal][accuracy]",
                        float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    for (std::ptrdiff_t terms : {40, 700, 9000})
        for (float max : {0.0F, 1e-36F})
            for (float other : {-86.0F, -88.0F, -95.5F})
                for (std::ptrdiff_t place : {std::ptrdiff_t{0}, terms / 3, terms - 1})
                    for (const layout& l :
                         {layout("row", {1, terms}, {terms, 1}, {1}), layout("columns", {terms, 2}, {2, 1}, {0})}) {
                        laid_out<T> elements(l);
                        for (std::ptrdiff_t r = 0; r != l.results; ++r)
                            for (std::ptrdiff_t t = 0; t != terms; ++t) elements.at(r, t) = T(t == place ? max : other);
                        INFO("the others are " << other << ", the largest " << max);
                        REQUIRE(judge<device>(elements, l) == "");
                    }
}

TEMPLATE_LIST_TEST_CASE("terms that count often keep the digits of results near 0", "[metal][accuracy]",
                        float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    const layout single("one term", {1}, {1}, {0});
    laid_out<T> alone(single);
    std::mt19937 random(5);
    for (int round = 0; round != 300; ++round) {
        const double away = std::ldexp((random() & 1) != 0 ? 1.0 : -1.0, 2 - static_cast<int>(random() % 40));
        alone.at(0, 0) = T(-std::uniform_real_distribution<float>(1.0F, 43.6F)(random));
        const double count = std::exp(away - static_cast<double>(static_cast<float>(alone.at(0, 0))));
        if (!(count >= 1.0 && count < 0x1p63)) continue;
        REQUIRE(judge<device>(alone, single, static_cast<std::ptrdiff_t>(count)) == "");
    }
    // Several terms: in one block and in several, of one thread and of many, split or not.
    for (std::ptrdiff_t terms : {2, 9, 300, 9000})
        for (const layout& l : {layout("rows", {terms > 500 ? 2 : 12, terms}, {terms, 1}, {1}),
                                layout("columns", {terms, 6}, {6, 1}, {0})}) {
            const std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max() / (l.results * terms);
            for (std::ptrdiff_t multiplicity : {(std::ptrdiff_t{1} << 24) + 1, most}) {
                laid_out<T> elements(l);
                for (std::ptrdiff_t r = 0; r != l.results; ++r) {
                    std::normal_distribution<double> values(0.0, 2.0);
                    std::vector<double> x(static_cast<std::size_t>(terms));
                    double sum = 0.0;
                    for (double& value : x) sum += std::exp(value = values(random));
                    const double target =
                        std::ldexp((random() & 1) != 0 ? 1.0 : -1.0, 4 - static_cast<int>(random() % 24));
                    const double shift = std::log(sum) + std::log(static_cast<double>(multiplicity)) - target;
                    for (std::ptrdiff_t t = 0; t != terms; ++t)
                        elements.at(r, t) = T(static_cast<float>(x[static_cast<std::size_t>(t)] - shift));
                }
                REQUIRE(judge<device>(elements, l, multiplicity) == "");
            }
        }
}

TEMPLATE_LIST_TEST_CASE("terms that count often, in every layout", "[metal][shapes]", all_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    need_device<device>();
    std::mt19937 random(11);
    for (std::ptrdiff_t terms : {1, 3, 130})
        for (std::ptrdiff_t results : {1, 5, 37})
            for (const layout& l : layouts(results, terms)) {
                laid_out<T> elements(l);
                fill(elements, l, random);
                const std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max() / (l.results * l.terms);
                for (std::ptrdiff_t multiplicity : {std::ptrdiff_t{2}, std::ptrdiff_t{16777217}, most}) {
                    INFO(to_string(l.shape) << ' ' << to_string(l.strides));
                    REQUIRE(judge<device>(elements, l, multiplicity) == "");
                }
            }
    const layout l("split rows", {2, 9000}, {9000, 1}, {1});
    laid_out<T> elements(l);
    fill(elements, l, random);
    REQUIRE(judge<device>(elements, l, std::numeric_limits<std::ptrdiff_t>::max() / 18000) == "");
}

TEMPLATE_LIST_TEST_CASE("special values that count often", "[metal][special]", float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    using format = support::binary_format<T>;
    using bits = typename format::bits;
    need_device<device>();
    const std::vector<T> values{format::from(format::quiet_nan),
                                format::from(format::infinity),
                                format::from(static_cast<bits>(format::infinity | format::sign)),
                                format::from(format::infinity - 1),
                                format::from(static_cast<bits>((format::infinity - 1) | format::sign)),
                                format::from(0),
                                format::from(format::sign),
                                format::from(format::smallest_normal),
                                T(700.0F),
                                T(-700.0F)};
    const auto count = static_cast<std::ptrdiff_t>(values.size());
    const layout l("pairs", {count, count, 2}, {2 * count, 2, 1}, {2});
    laid_out<T> elements(l);
    for (std::ptrdiff_t i = 0; i != count; ++i)
        for (std::ptrdiff_t k = 0; k != count; ++k) {
            elements.at(i * count + k, 0) = values[static_cast<std::size_t>(i)];
            elements.at(i * count + k, 1) = values[static_cast<std::size_t>(k)];
        }
    const std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
    for (std::ptrdiff_t multiplicity : {std::ptrdiff_t{1}, std::ptrdiff_t{3}, most / (2 * count * count)})
        CHECK(judge<device>(elements, l, multiplicity) == "");
    const layout single("one term", {1}, {1}, {0});
    laid_out<T> alone(single);
    for (const T& value : values) {
        alone.at(0, 0) = value;
        CHECK(judge<device>(alone, single, most) == "");
    }
}

TEMPLATE_LIST_TEST_CASE("nothing to sum, nothing to return, nothing reduced", "[metal][shapes]", float_targets) {
    using device = typename TestType::device;
    using T = typename TestType::element;
    using format = support::binary_format<T>;
    need_device<device>();
    const auto empty = summit::logsumexp(summit::array<T>({3, 0}), 1, false, device{});
    REQUIRE(empty.shape() == index_list{3});
    for (const T& y : empty) CHECK(format::of(y) == (format::infinity | format::sign));
    CHECK(summit::logsumexp(summit::array<T>({0, 3}), 1, false, device{}).size() == 0);
    CHECK(summit::logsumexp(summit::array<T>({0, 0, 2}), {0, 2}, true, device{}).size() == 0);

    const std::vector<T> elements{T(1.5F), T(-0.0F), T(1000.0F), format::from(format::infinity)};
    const auto same = summit::logsumexp(elements, summit::axes{}, false, device{});
    for (std::size_t i = 0; i != elements.size(); ++i) CHECK(format::of(same.data()[i]) == format::of(elements[i]));
    const T alone(2.5F);
    CHECK(format::of(summit::logsumexp(summit::view<const T>(&alone, {}), summit::all_axes, false, device{}).item()) ==
          format::of(alone));
}

TEMPLATE_LIST_TEST_CASE("results are written through any strides, and nothing beside them", "[metal][shapes][memory]",
                        float_target) {
    using device = typename TestType::device;
    need_device<device>();
    std::mt19937 random(3);
    const layout l("rows", {4, 5, 60}, {300, 60, 1}, {2});
    laid_out<float> elements(l);
    fill(elements, l, random);
    std::vector<float> memory(200, 42.0F);
    const summit::view<float> out(memory.data() + 100, {4, 5}, {-17, 3});
    summit::logsumexp_into(out, elements.view(), 2, false, device{});
    std::size_t untouched = memory.size();
    for (std::ptrdiff_t i = 0; i != 4; ++i)
        for (std::ptrdiff_t j = 0; j != 5; ++j) {
            CHECK(error_of<device>(elements.terms(5 * i + j), out(i, j)) <= 1.0);
            out(i, j) = 42.0F;
        }
    for (float x : memory) untouched -= x == 42.0F ? 1 : 0;
    CHECK(untouched == 0);
}
