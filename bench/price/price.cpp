// SPDX-License-Identifier: MIT
// What logsumexp_into costs on one thread, by layout, element type and kind of data; --help tells more. It needs nothing but
// the public headers of the tree that it measures:
//
//     g++ -std=c++20 -O3 -DNDEBUG -march=native -Iinclude -isystem build/dependencies/usr/include bench/price/price.cpp
//
// so that an old tree and a new one can be built and run in turn.
#include "corners.hpp"
#include "lengths.hpp"
#include "table.hpp"

#include <algorithm>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>

namespace {

using namespace bench;

constexpr const char* usage = R"(price [--layouts=PART,...] [--types=TYPE,...] [--kinds=KIND,...] [--quick] [--csv=FILE]
price --lengths [--every] [--types=TYPE,...] [--kinds=KIND,...] [--quick] [--csv=FILE]
price --corners [--layouts=PART,...] [--types=TYPE,...] [--quick] [--csv=FILE]

Prints the price of each kind of data, in ns an element and as a multiple of what friendly data of the same layout and
type cost in the same moments, with * where it is above its limit: 1.3; where the maximum hides 2.5; where results cancel
5 (float), 7 (float, fewer than 72 terms), 4 (16 bits), 3.5 (double). read and comp. are the limits of the machine: a sum
of the same memory, and the exponentials of 16384 floats in L1.

--lengths prints the price of rows of 2 to 4096 elements, about a million in all and one alone, with * where it is above
1.15 of the cheapest shorter row's; of kinds named beside friendly, where it is above its limit. --every takes every
length, otherwise some of each remainder.

--corners prints the price of a reduction of nothing beside a copy, of many small dimensions beside rows of as many
terms, and of complex elements.

Types: float, double, float16, bfloat16; for corners int8, int32, complex_float, complex_double too.)";

void help() {
    std::puts(usage);
    std::puts("\nKinds:");
    for (const kind_description& k : kinds) std::printf("    %-11s %s\n", k.name, k.description);
    std::puts("\nLayouts, of which the names of those wanted contain one PART (for corners, shapes):");
    for (const problem& x : layouts(element::float32))
        std::printf("    %-36s %s\n", x.name.c_str(), x.description.c_str());
}

template <class Table>
void of_every_type(Table&& table) {
    table.template of_type<float>(element::float32);
    table.template of_type<double>(element::float64);
    table.template of_type<summit::float16>(element::float16);
    table.template of_type<summit::bfloat16>(element::bfloat16);
}

} // namespace

int main(int argc, char** argv) try {
    const options o = parse(argc, argv);
    if (o.help) {
        help();
        return 0;
    }
    for (const std::string& part : o.layouts)
        if (!o.corners &&
            std::ranges::none_of(layouts(element::float32), [&](auto& x) { return x.name.find(part) != x.name.npos; }))
            throw std::invalid_argument("no layout with '" + part + "' in its name");
    std::FILE* csv = o.csv.empty() ? nullptr : std::fopen(o.csv.c_str(), "w");
    if (!o.csv.empty() && csv == nullptr) throw std::invalid_argument("'" + o.csv + "' cannot be written");
    summit::max_threads(1);
    if (o.corners) {
        corner_table table(o, csv);
        of_every_type(table);
        table.of_type<std::int8_t>(element::int8);
        table.of_type<std::int32_t>(element::int32);
        table.of_type<std::complex<float>>(element::complex64);
        table.of_type<std::complex<double>>(element::complex128);
        table.summary();
    } else if (o.lengths) {
        of_every_type(length_table(o, csv));
    } else {
        price_table table(o, csv);
        of_every_type(table);
        table.summary();
    }
    if (csv != nullptr) std::fclose(csv);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "price: %s; --help tells what there is\n", error.what());
    return 2;
}
