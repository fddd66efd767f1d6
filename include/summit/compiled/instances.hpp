// SPDX-License-Identifier: MIT
#pragma once

#include <summit/logsumexp.hpp>

// The sources that instantiate these are compiled for each instruction set, and once more, with SUMMIT_COMPILED, to
// choose among them.
#if defined(SUMMIT_COMPILED)
#include <summit/compiled/best_instruction_set.hpp>
#endif

#include <complex>
#include <tuple>

namespace summit::inline version0::cpu {

template <class... Elements>
struct element_types {};

// Every type that is an element, those too that are laid out alike: a long long is no long to a compiler that sees
// both. A file for each line, so that they are compiled side by side and a program gets what it uses.
using real_types = element_types<float, double>;
using narrow_types = element_types<float16, bfloat16, compiler_float16, compiler_bfloat16>;
using short_integer_types = element_types<bool, signed char, unsigned char, short, unsigned short>;
using long_integer_types = element_types<int, unsigned int, long, unsigned long, long long, unsigned long long>;
using complex_types = element_types<std::complex<float>, std::complex<double>>;

/// `template struct instances<Arch, Types>;` makes a file define these types' kernels: their addresses are taken.
template <class Arch, class Types>
struct instances;

template <class Arch, class... Elements>
struct instances<Arch, element_types<Elements...>> {
    static constexpr std::tuple all{&kernels<Arch>::template run<op::log_sum_exp, Elements>...};
};

} // namespace summit::inline version0::cpu
