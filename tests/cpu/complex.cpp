// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include <summit/cpu/reduce.hpp>

#include "support/architectures.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <math.h>

#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double pi = std::numbers::pi;

// The C library's, by pointer: -ffast-math would put the x87's own instructions here, which know 66 bits of π.
long double (*volatile true_sin)(long double) = ::sinl;
long double (*volatile true_cos)(long double) = ::cosl;

/// Two parts, and not std::complex: -ffast-math may compare and multiply those.
struct value {
    double re;
    double im;
};

template <class T>
struct laid_out {
    support::layout way;
    std::vector<std::complex<T>> storage;
    std::ptrdiff_t first = 0;

    explicit laid_out(support::layout r) : way(std::move(r)) {
        std::ptrdiff_t lowest = 0, highest = 0;
        for (std::size_t i = 0; i != way.shape.size(); ++i) {
            const std::ptrdiff_t reach = (way.shape[i] - 1) * way.strides[i];
            (reach < 0 ? lowest : highest) += reach;
        }
        constexpr std::ptrdiff_t guard = 64;
        const T gap = std::numeric_limits<T>::quiet_NaN();
        storage.assign(static_cast<std::size_t>(highest - lowest + 1 + 2 * guard), {gap, gap});
        first = guard - lowest;
    }

    std::complex<T>& at(std::ptrdiff_t result, std::ptrdiff_t term) {
        return storage[static_cast<std::size_t>(first + way.offset(result, term))];
    }

    void fill(value v) {
        for (std::ptrdiff_t i = 0; i != way.results(); ++i)
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k) at(i, k) = {static_cast<T>(v.re), static_cast<T>(v.im)};
    }

    template <class Arch, class Threads = summit::cpu::threads>
    std::vector<std::complex<T>> reduce() const {
        const auto kept = summit::row_major_strides(summit::without(way.shape, way.selected));
        const auto p = summit::make_plan(way.shape, way.strides, way.selected, kept);
        std::vector<std::complex<T>> results(static_cast<std::size_t>(way.results()));
        summit::cpu::reduce<summit::op::complex_log_sum_exp, Arch, Threads>(p, storage.data() + first, results.data());
        return results;
    }
};

template <class Arch, class T>
std::complex<T> row(const std::vector<value>& terms) {
    const auto n = static_cast<std::ptrdiff_t>(terms.size());
    laid_out<T> x({"a row", {n}, {1}, 1});
    for (std::ptrdiff_t k = 0; k != n; ++k) {
        const value& v = terms[static_cast<std::size_t>(k)];
        x.at(0, k) = {static_cast<T>(v.re), static_cast<T>(v.im)};
    }
    return x.template reduce<Arch>()[0];
}

template <class T>
bool same(T got, double want) {
    return support::is_nan(want) ? support::is_nan(got)
                                 : support::to_bits(got) == support::to_bits(static_cast<T>(want));
}

/// What the terms should come to, and how hard the two parts are: Σ |term| / |Σ term|, without and with the summit.
struct truth {
    long double re = 0.0L, im = 0.0L, re_condition = 0.0L, im_condition = 0.0L;
};

template <class T>
truth log_sum_exp(const std::vector<std::complex<T>>& terms) {
    const auto top =
        std::max_element(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.real() < b.real(); });
    const auto max = static_cast<long double>(top->real());
    long double re = 0.0L, im = 0.0L, size = 0.0L;
    for (auto at = terms.begin(); at != terms.end(); ++at) {
        if (at == top) continue;
        const long double term = std::exp(static_cast<long double>(at->real()) - max);
        re += term * true_cos(static_cast<long double>(at->imag()));
        im += term * true_sin(static_cast<long double>(at->imag()));
        size += term;
    }
    const long double c = true_cos(static_cast<long double>(top->imag()));
    const long double s = true_sin(static_cast<long double>(top->imag()));
    const long double whole = std::hypot(c + re, s + im);
    const long double u = 2.0L * (c * re + s * im) + re * re + im * im;
    const bool near = std::abs(u) < 0.5L;
    return {max + (near ? 0.5L * std::log1p(u) : std::log(whole)), std::atan2(s + im, c + re), size / whole,
            (1.0L + size) / whole};
}

/// The error of a result in units of its bound: half an ulp of float and three of double, and what cancels.
template <class T>
double error(std::complex<T> got, const truth& want) {
    constexpr long double epsilon = 0x1p-53L;
    const auto half_ulp = [](long double x) {
        return sizeof(T) == sizeof(float) ? std::ldexp(1.0L, support::exponent_of(static_cast<double>(x), -126) - 24)
                                          : 0.0L;
    };
    const auto off_re = std::abs(static_cast<long double>(got.real()) - want.re);
    auto off_im = std::abs(static_cast<long double>(got.imag()) - want.im);
    // Next to the negative axis either side may be right.
    constexpr long double two_pi = 6.28318530717958647692528676656L;
    if (off_im > two_pi / 2) off_im = std::abs(off_im - two_pi);
    const long double allowed_re = half_ulp(want.re) + 6 * epsilon * (want.re_condition + std::abs(want.re));
    const long double allowed_im = half_ulp(want.im) + 3 * epsilon * (want.im_condition + std::abs(want.im));
    return static_cast<double>(std::max(off_re / allowed_re, off_im / allowed_im));
}

std::vector<support::layout> all_routes() {
    std::vector<support::layout> all;
    const auto append = [&](const std::vector<support::layout>& some) {
        all.insert(all.end(), some.begin(), some.end());
    };
    append(support::row_layouts(3, 50));
    append(support::row_layouts(2, 1300));
    append(support::column_layouts(35, 40));
    append(support::column_layouts(18, 150));
    append(support::short_layouts(21, 5));
    append(support::short_layouts(2, 1));
    return all;
}

} // namespace

TEMPLATE_TEST_CASE("complex: any layout, within the bound", "[cpu][complex]", float, double) {
    using T = TestType;
    const unsigned seed = 23;
    CAPTURE(seed);
    for (const auto& way : all_routes()) {
        laid_out<T> x(way);
        std::mt19937_64 random(seed);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        for (std::ptrdiff_t i = 0; i != way.results(); ++i)
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k)
                x.at(i, k) = {static_cast<T>(uniform() * 20 - 10), static_cast<T>(uniform() * 4 - 2)};
        support::for_each_architecture<support::architectures>([&](auto arch) {
            INFO(decltype(arch)::name() << ": " << way.name);
            const auto got = x.template reduce<decltype(arch)>();
            double worst = 0.0;
            for (std::ptrdiff_t i = 0; i != way.results(); ++i) {
                std::vector<std::complex<T>> terms;
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k) terms.push_back(x.at(i, k));
                worst = std::max(worst, error(got[static_cast<std::size_t>(i)], log_sum_exp(terms)));
            }
            CHECK(worst <= 1.0);
        });
    }
}

TEMPLATE_TEST_CASE("complex: random sums, within the bound", "[cpu][complex][accuracy]", float, double) {
    using T = TestType;
    const unsigned seed = 29;
    CAPTURE(seed);
    support::for_each_architecture<support::architectures>([&](auto arch) {
        INFO(decltype(arch)::name());
        std::mt19937_64 random(seed);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        const auto check = [&](const char* name, int rounds, int most, const auto& draw) {
            INFO(name);
            double worst = 0.0;
            for (int round = 0; round != rounds; ++round) {
                std::vector<value> terms(1 + random() % static_cast<unsigned>(most));
                std::vector<std::complex<T>> rounded;
                for (value& v : terms) {
                    v = draw();
                    rounded.emplace_back(static_cast<T>(v.re), static_cast<T>(v.im));
                }
                worst = std::max(worst, error(row<decltype(arch), T>(terms), log_sum_exp(rounded)));
            }
            CHECK(worst <= 1.0);
        };
        check("few", 3000, 3, [&] { return value{uniform() * 4 - 2, uniform() * 6.28 - 3.14}; });
        check("near zero", 1000, 3, [&] {
            return value{(random() % 2 == 0 ? -1e-9 : -50.0) * uniform(), uniform() - 0.5};
        });
        check("any phase", 1000, 30, [&] {
            return value{uniform() * 10, std::ldexp(uniform(), static_cast<int>(random() % 120))};
        });
        check("far up", 300, 30, [&] { return value{1e5 + uniform() * 10, uniform()}; });
        check("far apart", 300, 30, [&] { return value{uniform() * 1e4, uniform() * 100}; });
        // Where a reference's digits end, with FMA and without.
        for (double reach : {0x1p30, -0x1p30, 0x1p17, -0x1p17})
            check("around the reach", 20, 5000, [&] { return value{reach + uniform() * 4 - 2, uniform() * 6}; });
        check("a long row", 10, 5000, [&] { return value{uniform() * 10 - 18, uniform()}; });
    });
}

namespace {

/// Three workers, who take the work from its end.
struct backwards {
    static inline std::ptrdiff_t shared = 0; ///< how many pieces of work were not one alone
    static int team(std::ptrdiff_t count) { return static_cast<int>(std::min<std::ptrdiff_t>(count, 3)); }
    template <class Body>
    static void for_each(std::ptrdiff_t count, int team, const Body& body) {
        if (team > 1) shared += count;
        for (std::ptrdiff_t i = count; i-- != 0;) body(i, static_cast<int>(i) % team);
    }
};

} // namespace

// Rows, columns, and one row and few columns, whose terms are cut into parts.
TEMPLATE_TEST_CASE("complex: large sums are shared, within the bound, with the same bits", "[cpu][complex][threads]",
                   float, double) {
    using T = TestType;
    using Arch = xsimd::default_arch;
    const std::vector<support::layout> large = {{"rows", {300, 700}, {700, 1}, 2},
                                                {"columns", {700, 300}, {300, 1}, 1},
                                                {"one row", {400000}, {1}, 1},
                                                {"columns in parts", {200000, 3}, {3, 1}, 1},
                                                {"wide columns in parts", {20000, 40}, {40, 1}, 1}};
    for (const auto& way : large) {
        for (double rise : {0.0, 8.0}) {
            INFO(way.name << ", rising by " << rise);
            laid_out<T> x(way);
            std::mt19937_64 random(41);
            const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k) {
                // Rising: every part has another summit.
                const double height = rise * static_cast<double>(k) / static_cast<double>(way.terms());
                for (std::ptrdiff_t i = 0; i != way.results(); ++i)
                    x.at(i, k) = {static_cast<T>(height + uniform()), static_cast<T>(uniform() * 4 - 2)};
            }
            backwards::shared = 0;
            const auto got = x.template reduce<Arch, summit::cpu::thread_pool<false>>();
            const auto shared = x.template reduce<Arch, backwards>();
            CHECK(backwards::shared > 1);
            int different = 0;
            double worst = 0.0;
            for (std::size_t i = 0; i != got.size(); ++i) {
                different += support::to_bits(got[i].real()) != support::to_bits(shared[i].real()) ||
                             support::to_bits(got[i].imag()) != support::to_bits(shared[i].imag());
                if (i >= 3) continue;
                std::vector<std::complex<T>> terms;
                for (std::ptrdiff_t k = 0; k != way.terms(); ++k)
                    terms.push_back(x.at(static_cast<std::ptrdiff_t>(i), k));
                worst = std::max(worst, error(got[i], log_sum_exp(terms)));
            }
            CHECK(different == 0);
            CHECK(worst <= 1.0);
            // A NaN in one part is one in the result, and infinity where it is the last.
            x.at(0, way.terms() / 2) = {std::numeric_limits<T>::quiet_NaN(), T(0)};
            x.at(1 % way.results(), way.terms() - 1) = {std::numeric_limits<T>::infinity(), T(1)};
            const auto special = x.template reduce<Arch, backwards>();
            if (way.results() > 1) {
                CHECK(support::is_nan(special[0].real()));
                CHECK(same(special[1].real(), inf));
                CHECK(same(special[1].imag(), pi / 4));
            } else {
                CHECK(same(special[0].real(), inf));
                CHECK(support::is_nan(special[0].imag()));
            }
        }
    }
}

// Real numbers as complex ones: the real promise, and no imaginary part.
TEMPLATE_TEST_CASE("complex: a real sum", "[cpu][complex][accuracy]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        std::mt19937_64 random(31);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        std::vector<std::vector<T>> cases = {{T(0), T(-40)},
                                             {T(1e-30)},
                                             {T(-0.0)},
                                             {T(5), T(5), T(5)},
                                             {T(-1e30), T(1e30)},
                                             {std::numeric_limits<T>::max(), std::numeric_limits<T>::max()},
                                             {std::numeric_limits<T>::lowest(), std::numeric_limits<T>::lowest()}};
        for (int i = 0; i != 200; ++i) {
            std::vector<T> terms(1 + random() % 3000);
            const double scale = std::ldexp(1.0, static_cast<int>(random() % 12) - 4);
            for (T& x : terms) x = static_cast<T>((uniform() - 0.5) * scale);
            cases.push_back(terms);
        }
        std::vector<T> ascending(100000);
        for (std::size_t i = 0; i != ascending.size(); ++i)
            ascending[i] = static_cast<T>(static_cast<double>(i) * 1e-4 - 20);
        cases.push_back(ascending);
        double worst = 0.0;
        int imaginary = 0;
        for (const auto& terms : cases) {
            std::vector<value> values;
            for (T x : terms) values.push_back({static_cast<double>(x), random() % 2 == 0 ? 0.0 : -0.0});
            const auto got = row<Arch, T>(values);
            worst = std::max(worst, support::log_sum_exp_of(terms).error(got.real()));
            imaginary += support::to_bits(got.imag()) != 0;
        }
        CHECK(worst <= support::promised_ulp<T>);
        CHECK(imaginary == 0);
    });
}

TEMPLATE_TEST_CASE("complex: digits near zero", "[cpu][complex][accuracy]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        // log(1 + exp(−40 + i)) = exp(−40) (cos 1 + i sin 1), and the same beside a summit of another phase.
        const auto turned = row<Arch, T>({{0.0, 0.0}, {-40.0, 1.0}});
        CHECK(support::ulp_error(turned.real(), 2.29539560027876914e-18L) <= 2.0);
        CHECK(support::ulp_error(turned.imag(), 3.57486683901303116e-18L) <= 3.0);
        CHECK(support::ulp_error(row<Arch, T>({{-40.0, 2.0}, {0.0, 1.0}}).real(), 2.29539560027876914e-18L) <= 2.0);
        CHECK(same(row<Arch, T>({{0.0, 1.0}, {-800.0, 2.0}}).real(), 0.0));
    });
}

// Every row of the table in op/complex_log_sum_exp.hpp: the special terms stand among ordinary ones.
TEMPLATE_TEST_CASE("complex: special values in every place", "[cpu][complex][special]", float, double) {
    using T = TestType;
    struct special_case {
        std::vector<value> terms;
        value want;
    };
    const std::vector<special_case> cases = {
        {{{inf, 0.0}}, {inf, 0.0}},
        {{{inf, -0.0}}, {inf, 0.0}},
        {{{inf, 1.0}}, {inf, pi / 4}},
        {{{inf, 2.0}}, {inf, 3 * (pi / 4)}},
        {{{inf, -2.0}}, {inf, -3 * (pi / 4)}},
        {{{inf, -1.0}}, {inf, -pi / 4}},
        {{{inf, 1.0}, {inf, 0.0}}, {inf, pi / 4}},
        {{{inf, 1.0}, {inf, 1.5}}, {inf, pi / 4}},
        {{{inf, 1.0}, {inf, -1.0}}, {inf, not_a_number}},
        {{{inf, 1.0}, {inf, 2.0}}, {inf, not_a_number}},
        {{{inf, 2.0}, {inf, 0.0}}, {inf, not_a_number}},
        {{{inf, 1.0}, {inf, -2.0}}, {not_a_number, not_a_number}},
        {{{inf, inf}}, {inf, not_a_number}},
        {{{inf, not_a_number}}, {inf, not_a_number}},
        {{{inf, not_a_number}, {inf, 2.0}}, {inf, not_a_number}},
        {{{inf, -inf}, {1.0, inf}}, {not_a_number, not_a_number}},
        {{{1.0, inf}}, {not_a_number, not_a_number}},
        {{{-1e30, not_a_number}}, {not_a_number, not_a_number}},
        {{{1.0, -inf}, {inf, 1.0}}, {not_a_number, not_a_number}},
        {{{not_a_number, 0.0}}, {not_a_number, not_a_number}},
        {{{not_a_number, 1.0}}, {not_a_number, not_a_number}},
        {{{not_a_number, not_a_number}}, {not_a_number, not_a_number}},
        {{{not_a_number, 0.0}, {inf, 0.0}}, {not_a_number, not_a_number}},
        {{{not_a_number, 0.0}, {inf, 1.0}}, {inf, not_a_number}},
        {{{-inf, not_a_number}, {inf, 1.0}}, {inf, pi / 4}},
    };
    // Under a sanitiser every place costs a hundred times as much.
    constexpr std::ptrdiff_t places = support::thinning == 1 ? 41 : 2;
    support::for_each_architecture<support::architectures>([&](auto arch) {
        using Arch = decltype(arch);
        for (const auto& way : all_routes()) {
            laid_out<T> x(way);
            for (std::size_t c = 0; c != cases.size(); ++c) {
                const auto& [terms, want] = cases[c];
                const auto count = static_cast<std::ptrdiff_t>(terms.size());
                const std::ptrdiff_t step = std::max<std::ptrdiff_t>(1, way.terms() / places);
                for (std::ptrdiff_t place = 0; place + count <= way.terms(); place += step) {
                    const std::ptrdiff_t result = (place + static_cast<std::ptrdiff_t>(c)) % way.results();
                    x.fill({3.0, -0.5});
                    // First and last: in one batch, in one block, or in two.
                    for (std::ptrdiff_t k = 0; k != count; ++k) {
                        const value& v = terms[static_cast<std::size_t>(k)];
                        x.at(result, k == 0 ? place : way.terms() - k) = {static_cast<T>(v.re), static_cast<T>(v.im)};
                    }
                    const auto results = x.template reduce<Arch>();
                    bool others = true;
                    for (std::ptrdiff_t i = 0; i != way.results(); ++i) {
                        const auto got = results[static_cast<std::size_t>(i)];
                        if (i != result)
                            others =
                                others && support::is_finite(got.real()) && std::abs(got.imag() + T(0.5)) < T(1e-6);
                        else if (!same(got.real(), want.re) || !same(got.imag(), want.im))
                            FAIL_CHECK(Arch::name() << ": " << way.name << ": case " << c << " at " << place << ": "
                                                    << got.real() << ", " << got.imag());
                    }
                    CHECK(others);
                }
            }
        }
    });
}

TEMPLATE_TEST_CASE("complex: terms of -inf add nothing", "[cpu][complex][special]", float, double) {
    using T = TestType;
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        for (double im : {0.0, -2.0, inf, -inf, not_a_number}) {
            CAPTURE(im);
            for (std::size_t n : {1U, 2U, 40U, 1500U}) {
                std::vector<value> terms(n, value{-inf, im});
                const auto nothing = row<Arch, T>(terms);
                CHECK(same(nothing.real(), -inf));
                CHECK(same(nothing.imag(), 0.0));
                terms[n - 1] = {1.5, 0.25};
                const auto one = row<Arch, T>(terms);
                CHECK(same(one.real(), 1.5));
                CHECK(same(one.imag(), 0.25));
            }
        }
        const auto empty = row<Arch, T>({});
        CHECK(same(empty.real(), -inf));
        CHECK(same(empty.imag(), 0.0));
    });
}

TEST_CASE("complex: a reduction over repeats counts them", "[cpu][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const std::vector<std::complex<double>> x = {{1.0, 0.5}, {2.0, 0.5}};
        std::complex<double> y;
        const auto p = summit::make_plan({2, 1000}, {1, 0}, 0b11, {});
        summit::cpu::reduce<summit::op::complex_log_sum_exp, Arch>(p, x.data(), &y);
        CHECK(support::ulp_error(y.real(), 2.0L + std::log1p(std::exp(-1.0L)) + std::log(1000.0L)) <= 2.0);
        CHECK(support::ulp_error(y.imag(), 0.5L) <= 3.0);
    });
}

TEMPLATE_TEST_CASE("complex: the same bits on every architecture with FMA", "[cpu][complex][bits]", float, double) {
    using T = TestType;
    // xsimd::atan2 is plain arithmetic to the compiler, which rearranges it for each vector length.
#ifdef __FAST_MATH__
    constexpr bool angles = false;
#else
    constexpr bool angles = true;
#endif
    for (const auto& way : all_routes()) {
        laid_out<T> x(way);
        std::mt19937_64 random(37);
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        for (std::ptrdiff_t i = 0; i != way.results(); ++i)
            for (std::ptrdiff_t k = 0; k != way.terms(); ++k)
                x.at(i, k) = {static_cast<T>(uniform() * 20),
                              static_cast<T>(uniform() * std::ldexp(1.0, static_cast<int>(random() % 40)))};
        std::vector<std::complex<T>> first;
        support::for_each_architecture<support::fused_architectures>([&](auto arch) {
            INFO(decltype(arch)::name() << ": " << way.name);
            const auto got = x.template reduce<decltype(arch)>();
            if (first.empty()) first = got;
            int different = 0;
            for (std::size_t i = 0; i != got.size(); ++i)
                different += support::to_bits(got[i].real()) != support::to_bits(first[i].real()) ||
                             (angles && support::to_bits(got[i].imag()) != support::to_bits(first[i].imag()));
            CHECK(different == 0);
        });
    }
}
