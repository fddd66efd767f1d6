// SPDX-License-Identifier: MIT
#pragma once

#include <summit/instruction_set.hpp>

#if defined(__SSE2__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

#include <cstdint>

namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET {

/// The arithmetic that the kernels are proven in, on this thread, for as long as the object lives: rounding to nearest,
/// subnormal numbers kept, nothing trapped. Afterwards the thread has what it had before.
///
/// Interval libraries round upwards or downwards, audio code and programs linked with g++ -ffast-math take subnormal numbers
/// for 0, debugging builds trap. Error-free sums, tables and powers of two made of bits are right in none of those. To look
/// at the mode takes a few cycles, and it is changed only where it differs.
///
/// Where the processor is neither x86 with SSE2 nor AArch64 only the rounding is looked after.
class default_arithmetic {
public:
    [[gnu::always_inline]] default_arithmetic() noexcept : before_(mode()) {
        if (wanted(before_) != before_) [[unlikely]]
            set(wanted(before_));
        keep_order();
    }

    default_arithmetic(const default_arithmetic&) = delete;
    default_arithmetic& operator=(const default_arithmetic&) = delete;

    [[gnu::always_inline]] ~default_arithmetic() {
        keep_order();
        if (wanted(before_) != before_) [[unlikely]]
            set(before_);
    }

private:
    /// Arithmetic on what lies in memory stays between the two: no load and no store is moved across.
    [[gnu::always_inline]] static void keep_order() noexcept { __asm__ volatile("" ::: "memory"); }

#if defined(__SSE2__)
    using word = std::uint32_t;

    [[nodiscard, gnu::always_inline]] static word mode() noexcept { return _mm_getcsr(); }
    [[gnu::always_inline]] static void set(word mode) noexcept { _mm_setcsr(mode); }

    /// Rounding, flush to zero and denormals-are-zero off; all six exceptions masked.
    [[nodiscard, gnu::always_inline]] static word wanted(word mode) noexcept { return (mode & ~0xe040U) | 0x1f80U; }
#elif defined(__aarch64__)
    using word = std::uint64_t;

    [[nodiscard, gnu::always_inline]] static word mode() noexcept {
        word mode;
        __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
        return mode;
    }
    [[gnu::always_inline]] static void set(word mode) noexcept { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

    /// Rounding, flushing, default NaN, traps and the alternate modes off.
    [[nodiscard, gnu::always_inline]] static word wanted(word mode) noexcept { return mode & ~word{0x07c89f07}; }
#else
    using word = int;

    [[nodiscard]] static word mode() noexcept { return std::fegetround(); }
    static void set(word mode) noexcept { std::fesetround(mode); }
    [[nodiscard]] static word wanted(word) noexcept { return FE_TONEAREST; }
#endif

    word before_;
};

} // namespace summit::inline version0::cpu::inline SUMMIT_INSTRUCTION_SET
