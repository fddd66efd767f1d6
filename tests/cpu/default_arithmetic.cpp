// SPDX-License-Identifier: MIT
#include <summit/cpu/default_arithmetic.hpp>
#include <summit/logsumexp.hpp>

#include "bits/corpus.hpp"
#include "bits/layouts.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cfenv>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace {

/// A mode that programs run in, and how to set it.
struct mode {
    std::string name;
    std::function<void()> set;
};

std::vector<mode> modes() {
    std::vector<mode> all{{"upwards", [] { std::fesetround(FE_UPWARD); }},
                          {"downwards", [] { std::fesetround(FE_DOWNWARD); }},
                          {"towards zero", [] { std::fesetround(FE_TOWARDZERO); }}};
#if defined(__SSE2__)
    // FTZ and DAZ, as linking with g++ -ffast-math sets them; and every exception but the inexact one trapped.
    all.push_back({"subnormals as zero", [] { _mm_setcsr(_mm_getcsr() | 0x8040U); }});
    all.push_back({"trapping", [] { _mm_setcsr(0x1000U); }});
#endif
    return all;
}

/// The thread's own mode, put back at the end.
class kept_environment {
public:
    kept_environment() { std::fegetenv(&before_); }
    kept_environment(const kept_environment&) = delete;
    kept_environment& operator=(const kept_environment&) = delete;
    ~kept_environment() { std::fesetenv(&before_); }

private:
    std::fenv_t before_;
};

} // namespace

TEMPLATE_TEST_CASE("whatever mode the thread is in, the bits are the same and the mode stays", "[default_arithmetic]",
                   float, double, summit::float16, summit::bfloat16, std::complex<float>) {
    using result = summit::result_t<TestType>;
    const auto every_mode = modes();
    const auto layouts = corpus::every_layout();
    std::size_t number = 0;
    for (std::size_t i = 0; i < layouts.size(); i += 5) {
        const auto& l = layouts[i];
        for (const corpus::kind k : corpus::every_kind) {
            corpus::storage<TestType> elements(l.shape, l.strides);
            if (!corpus::has_kind<TestType>(k) || elements.all().size() > 25000) continue;
            corpus::fill(k, static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(l.terms(), 1)), elements.all());
            const auto reduced = [&] { return summit::logsumexp(elements.view(), summit::axes(l.axes)); };
            const auto hash = [](const auto& y) { return corpus::hash(std::span<const result>(y.begin(), y.end())); };
            const std::uint64_t expected = hash(reduced());
            const mode& m = every_mode[number++ % every_mode.size()];
            std::uint64_t got = 0;
            bool stayed = false;
            {
                const kept_environment kept;
                m.set();
                const int rounding = std::fegetround();
                const auto y = reduced();
                stayed = std::fegetround() == rounding;
                got = hash(y);
            }
            INFO(m.name << ", " << corpus::names[static_cast<std::size_t>(k)] << ", " << summit::to_string(l.shape));
            CHECK(got == expected);
            CHECK(stayed);
        }
    }
}

#if defined(__SSE2__)
TEST_CASE("a thread's mode is changed for a while, and put back", "[default_arithmetic]") {
    const kept_environment kept;
    for (const unsigned before : {0x1f80U, 0x7f80U, 0x9fc0U, 0x0000U}) {
        _mm_setcsr(before);
        unsigned meanwhile = 0;
        {
            const summit::cpu::default_arithmetic here;
            meanwhile = _mm_getcsr();
        }
        const unsigned after = _mm_getcsr();
        _mm_setcsr(0x1f80U);
        CHECK((meanwhile & ~0x3fU) == 0x1f80U);
        CHECK(after == before);
    }
}
#endif
