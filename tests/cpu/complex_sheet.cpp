// SPDX-License-Identifier: MIT
#include <summit/cpu/complex_sheet.hpp>

#include "support/architectures.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace {

constexpr std::size_t rows = 5;
constexpr std::size_t lanes = 16;

/// Rows of 16 numbers, none like another.
std::vector<std::complex<float>> some_numbers() {
    std::vector<std::complex<float>> z(rows * lanes);
    for (std::size_t i = 0; i != z.size(); ++i)
        z[i] = {static_cast<float>(i * 37 % z.size()) * 0.125F, static_cast<float>(i % 7) * 0.5F};
    return z;
}

template <class Arch>
double lane(const std::array<summit::op::complex_sum<Arch>, summit::cpu::complex_sheet<Arch>::batches>& sums,
            std::size_t i) {
    constexpr std::size_t size = xsimd::batch<double, Arch>::size;
    return sums[i / size].max.get(i % size);
}

} // namespace

TEST_CASE("a sheet of columns: each lane has the summit of its own result, wherever it is", "[cpu][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const auto z = some_numbers();
        for (std::size_t width : {std::size_t{1}, std::size_t{5}, lanes}) {
            for (bool is_regular : {true, false}) {
                if (is_regular && width == 1) continue;
                summit::cpu::tile t;
                t.width = width;
                t.is_regular = is_regular;
                // From the last to the first where offsets are listed: no two that are side by side lie so.
                for (std::size_t i = 0; i != width; ++i)
                    t.offset[i] = static_cast<std::ptrdiff_t>(is_regular ? i : width - 1 - i);
                std::array<std::ptrdiff_t, rows> offsets;
                for (std::size_t r = 0; r != rows; ++r) offsets[r] = static_cast<std::ptrdiff_t>(r * lanes);
                static summit::cpu::complex_sheet<Arch> sheet;
                typename summit::cpu::complex_sheet<Arch>::sums sums;
                typename summit::cpu::complex_sheet<Arch>::flags met{};
                sheet.load_columns(z.data(), offsets.data(), rows, t, {0, width});
                sheet.add_to_each(sums, met);
                for (std::size_t i = 0; i != lanes; ++i) {
                    double want = -std::numeric_limits<double>::infinity();
                    if (i < width)
                        for (std::size_t r = 0; r != rows; ++r)
                            want = std::max(want, static_cast<double>(
                                                      z[r * lanes + static_cast<std::size_t>(t.offset_of(i))].real()));
                    CAPTURE(width, is_regular, i);
                    CHECK(support::to_bits(lane<Arch>(sums, i)) == support::to_bits(want));
                    CHECK(met[i] == 0);
                }
            }
        }
    });
}

TEST_CASE("a sheet of a row: one summit, and what is not finite is noted and left out", "[cpu][complex]") {
    support::for_each_architecture<support::architectures>([](auto arch) {
        using Arch = decltype(arch);
        INFO(Arch::name());
        const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
        for (std::size_t count : {std::size_t{1}, std::size_t{17}, rows * lanes}) {
            for (std::complex<float> odd :
                 {std::complex<float>(0.0F, 0.0F), std::complex<float>(nan, 0.0F), std::complex<float>(-nan, 1.0F),
                  std::complex<float>(inf, 0.0F), std::complex<float>(1.0F, nan), std::complex<float>(1.0F, -inf)}) {
                auto z = some_numbers();
                z.resize(count);
                double want = -std::numeric_limits<double>::infinity();
                for (std::size_t i = 0; i + 1 < count; ++i) want = std::max(want, static_cast<double>(z[i].real()));
                z.back() = odd;
                const bool is_special = support::to_bits(odd.real()) != 0 || support::to_bits(odd.imag()) != 0;
                if (!is_special) want = std::max(want, 0.0);
                const summit::loop along{static_cast<std::ptrdiff_t>(count), 1, 0};
                summit::loop_nest nest;
                nest.push_back(along);
                summit::cpu::cursor next(nest);
                static summit::cpu::complex_sheet<Arch> sheet;
                typename summit::cpu::complex_sheet<Arch>::sums sums;
                std::uint32_t met = 0;
                sheet.load_row(z.data(), next, static_cast<std::ptrdiff_t>(count));
                sheet.add_to_one(sums, met);
                CAPTURE(count, odd.real(), odd.imag());
                CHECK((met != 0) == is_special);
                for (std::size_t i = 0; i != lanes; ++i)
                    CHECK(support::to_bits(lane<Arch>(sums, i)) == support::to_bits(want));
            }
        }
    });
}
