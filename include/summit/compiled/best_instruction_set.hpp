// SPDX-License-Identifier: MIT
#pragma once

#include <summit/compiled/dispatched.hpp>
#include <summit/cpu/run.hpp>
#include <summit/simd/xsimd.hpp>

namespace summit::inline version0::cpu {

/// What `use` returns for the best instruction set that the compiled library is built for and the processor has. The
/// builtins know as well whether the system saves the registers.
template <class Use>
auto with_best(const Use& use) {
#if defined(__x86_64__) && defined(__LP64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2"))
        return use(xsimd::avx512bw());
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return use(xsimd::fma3<xsimd::avx2>());
    return use(xsimd::sse2());
#else
    return use(xsimd::default_arch());
#endif
}

/// Chosen at the first call for each type of element.
template <>
template <template <class> class Op, class Element>
[[gnu::visibility("default")]] void kernels<dispatched>::run(const plan& p, const Element* elements,
                                                             result_t<Element>* results) {
    static const auto best = with_best([]<class Arch>(Arch) { return &kernels<Arch>::template run<Op, Element>; });
    best(p, elements, results);
}

} // namespace summit::inline version0::cpu
