// SPDX-License-Identifier: MIT
#pragma once

// SUMMIT_INSTRUCTION_SET is an identifier that says which instructions the compiler may use in this file, such as
// isa_avx2_111100111011110_000000000000000. Every function that the compiler may put out of line is in an inline namespace
// of that name. Files of one program may be built with different flags, kernels for AVX2 beside a main program for any
// processor; of functions with one name the linker keeps the first, and would run AVX2's everywhere.
//
// What files give each other has one name whatever their flags: views, arrays, streams, shapes, plans, elements. Members of
// these are always inlined. What is large they leave to functions of the inline namespace; what depends on the file that
// made an object, to virtual functions.

// 1 if the macro x is defined as 1, else 0.
#define SUMMIT_IS_ONE(x) SUMMIT_IS_ONE_EXPANDED(x)
#define SUMMIT_IS_ONE_EXPANDED(x) SUMMIT_SECOND(SUMMIT_COMMA_IF_##x 1, 0)
#define SUMMIT_COMMA_IF_1 0,
#define SUMMIT_SECOND(...) SUMMIT_SECOND_EXPANDED(__VA_ARGS__, 0)
#define SUMMIT_SECOND_EXPANDED(first, second, ...) second

#define SUMMIT_NAME(level, a, b) SUMMIT_NAME_EXPANDED(level, a, b)
#define SUMMIT_NAME_EXPANDED(level, a, b) isa_##level##_##a##_##b
#define SUMMIT_BITS(...) SUMMIT_BITS_EXPANDED(__VA_ARGS__)
#define SUMMIT_BITS_EXPANDED(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o) a##b##c##d##e##f##g##h##i##j##k##l##m##n##o

#if defined(__x86_64__) || defined(__i386__)
// The level is for whoever reads a symbol; the bits tell all apart.
#if defined(__AVX512F__)
#define SUMMIT_LEVEL avx512
#elif defined(__AVX2__)
#define SUMMIT_LEVEL avx2
#elif defined(__AVX__)
#define SUMMIT_LEVEL avx
#elif defined(__SSE4_2__)
#define SUMMIT_LEVEL sse4
#elif defined(__SSE2__)
#define SUMMIT_LEVEL sse2
#else
#define SUMMIT_LEVEL x86
#endif
#define SUMMIT_INSTRUCTION_SET                                                                                         \
    SUMMIT_NAME(                                                                                                       \
        SUMMIT_LEVEL,                                                                                                  \
        SUMMIT_BITS(SUMMIT_IS_ONE(__SSE3__), SUMMIT_IS_ONE(__SSSE3__), SUMMIT_IS_ONE(__SSE4_1__),                      \
                    SUMMIT_IS_ONE(__SSE4_2__), SUMMIT_IS_ONE(__SSE4A__), SUMMIT_IS_ONE(__POPCNT__),                    \
                    SUMMIT_IS_ONE(__AVX__), SUMMIT_IS_ONE(__FMA__), SUMMIT_IS_ONE(__FMA4__), SUMMIT_IS_ONE(__F16C__),  \
                    SUMMIT_IS_ONE(__AVX2__), SUMMIT_IS_ONE(__BMI__), SUMMIT_IS_ONE(__BMI2__),                          \
                    SUMMIT_IS_ONE(__LZCNT__), SUMMIT_IS_ONE(__MOVBE__)),                                               \
        SUMMIT_BITS(SUMMIT_IS_ONE(__AVX512CD__), SUMMIT_IS_ONE(__AVX512BW__), SUMMIT_IS_ONE(__AVX512DQ__),             \
                    SUMMIT_IS_ONE(__AVX512VL__), SUMMIT_IS_ONE(__AVX512VBMI__), SUMMIT_IS_ONE(__AVX512VBMI2__),        \
                    SUMMIT_IS_ONE(__AVX512VNNI__), SUMMIT_IS_ONE(__AVX512IFMA__), SUMMIT_IS_ONE(__AVX512BF16__),       \
                    SUMMIT_IS_ONE(__AVX512FP16__), SUMMIT_IS_ONE(__AVX512VPOPCNTDQ__), SUMMIT_IS_ONE(__AVXVNNI__),     \
                    SUMMIT_IS_ONE(__GFNI__), SUMMIT_IS_ONE(__AVX10_1__), SUMMIT_IS_ONE(__APX_F__)))
#elif defined(__ARM_ARCH)
#if defined(__ARM_FEATURE_SVE2)
#define SUMMIT_LEVEL sve2
#elif defined(__ARM_FEATURE_SVE)
#define SUMMIT_LEVEL sve
#elif defined(__ARM_NEON)
#define SUMMIT_LEVEL neon
#else
#define SUMMIT_LEVEL arm
#endif
// Code for vectors of one length is wrong for those of another.
#if defined(__ARM_FEATURE_SVE_BITS)
#define SUMMIT_VECTOR_BITS __ARM_FEATURE_SVE_BITS
#else
#define SUMMIT_VECTOR_BITS 0
#endif
#define SUMMIT_INSTRUCTION_SET                                                                                         \
    SUMMIT_NAME(SUMMIT_LEVEL,                                                                                          \
                SUMMIT_BITS(SUMMIT_IS_ONE(__ARM_FEATURE_ATOMICS), SUMMIT_IS_ONE(__ARM_FEATURE_CRC32),                  \
                            SUMMIT_IS_ONE(__ARM_FEATURE_FMA), SUMMIT_IS_ONE(__ARM_FEATURE_IDIV),                       \
                            SUMMIT_IS_ONE(__ARM_FEATURE_DOTPROD), SUMMIT_IS_ONE(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC), \
                            SUMMIT_IS_ONE(__ARM_FEATURE_FP16_FML), SUMMIT_IS_ONE(__ARM_FEATURE_BF16),                  \
                            SUMMIT_IS_ONE(__ARM_FEATURE_MATMUL_INT8), SUMMIT_IS_ONE(__ARM_FEATURE_COMPLEX),            \
                            SUMMIT_IS_ONE(__ARM_FEATURE_JCVT), SUMMIT_IS_ONE(__ARM_FEATURE_FRINT),                     \
                            SUMMIT_IS_ONE(__ARM_FEATURE_RCPC), SUMMIT_IS_ONE(__ARM_FEATURE_SME),                       \
                            SUMMIT_IS_ONE(__ARM_FEATURE_MOPS)),                                                        \
                SUMMIT_BITS(__ARM_ARCH, _, SUMMIT_VECTOR_BITS, , , , , , , , , , , , ))
#else
#define SUMMIT_INSTRUCTION_SET                                                                                         \
    SUMMIT_NAME(other,                                                                                                 \
                SUMMIT_BITS(SUMMIT_IS_ONE(__ALTIVEC__), SUMMIT_IS_ONE(__VSX__), SUMMIT_IS_ONE(_ARCH_PWR8),             \
                            SUMMIT_IS_ONE(_ARCH_PWR9), SUMMIT_IS_ONE(_ARCH_PWR10), SUMMIT_IS_ONE(__POWER8_VECTOR__),   \
                            SUMMIT_IS_ONE(__POWER9_VECTOR__), SUMMIT_IS_ONE(__VX__), SUMMIT_IS_ONE(__VEC__),           \
                            SUMMIT_IS_ONE(__loongarch_sx), SUMMIT_IS_ONE(__loongarch_asx),                             \
                            SUMMIT_IS_ONE(__wasm_simd128__), SUMMIT_IS_ONE(__wasm_relaxed_simd__),                     \
                            SUMMIT_IS_ONE(__riscv_vector), SUMMIT_IS_ONE(__riscv_compressed)),                         \
                0)
#endif
