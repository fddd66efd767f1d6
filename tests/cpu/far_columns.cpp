// SPDX-License-Identifier: MIT
#include <summit/cpu/far_columns.hpp>
#include <summit/dtype.hpp>
#include <summit/plan.hpp>

#include "support/architectures.hpp"
#include "support/oracle.hpp"
#include "support/ulp.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

TEMPLATE_TEST_CASE("results far from 0 have their logs, wherever they lie and however many they are", "[far_columns]",
                   float, double, summit::bfloat16) {
    support::for_each_architecture<support::architectures>([]<class Arch>(Arch) {
        constexpr std::size_t most = summit::cpu::block_reader<Arch, TestType>::tile_width;
        for (const std::ptrdiff_t terms : {2, 3, 31, 64, 71}) {
            const std::ptrdiff_t rows = 300;
            // Every second row of every second column, what lies between would drown every sum.
            std::vector<TestType> memory(static_cast<std::size_t>(rows * 4 * terms), static_cast<TestType>(1e30));
            const auto place = [&](std::ptrdiff_t row, std::ptrdiff_t term) {
                return static_cast<std::size_t>(row * 4 * terms + term * 2);
            };
            for (std::ptrdiff_t r = 0; r != rows; ++r)
                for (std::ptrdiff_t i = 0; i != terms; ++i)
                    memory[place(r, i)] = static_cast<TestType>((r % 3 == 0 ? 900.0 : -1e4) -
                                                                0.37 * static_cast<double>((r * 29 + i * 53) % 97));
            memory[place(7, terms - 1)] = static_cast<TestType>(std::numeric_limits<float>::quiet_NaN());
            const auto p = summit::make_plan({rows, terms}, {4 * terms, 2}, 0b10, {1}, summit::short_row_of<TestType>);
            summit::cpu::block_reader<Arch, TestType> blocks(p, memory.data());
            for (const std::size_t width : {std::size_t(1), std::size_t(5), most - 1, most}) {
                std::vector<std::ptrdiff_t> offsets;
                for (std::size_t k = 0; k != width; ++k)
                    offsets.push_back(static_cast<std::ptrdiff_t>(k * 7 % 300) * 4 * terms);
                std::vector<double> logs(most + 8, -77.0);
                summit::cpu::log_far_columns<Arch>(blocks, offsets.data(), width, terms, logs.data());
                CHECK(logs[most] == -77.0);
                for (std::size_t k = 0; k != width; ++k) {
                    const auto row = static_cast<std::ptrdiff_t>(k * 7 % 300);
                    std::vector<double> x;
                    for (std::ptrdiff_t i = 0; i != terms; ++i)
                        x.push_back(
                            static_cast<double>(static_cast<summit::compute_t<TestType>>(memory[place(row, i)])));
                    CAPTURE(Arch::name(), terms, width, k);
                    if (row == 7)
                        CHECK(support::is_nan(logs[k]));
                    else
                        CHECK(support::exact_log_sum_exp<double>(x).error(logs[k]) <= 1.0);
                }
            }
        }
    });
}
