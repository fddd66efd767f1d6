// SPDX-License-Identifier: MIT
#pragma once

#include <summit/op/names.hpp>

#include <string_view>

namespace summit::inline version0::metal {

/// The algebra of an op as the kernels want it: state, identity, absorb, merge and finish, in Metal's language.
template <template <class> class Op>
struct algebra;

template <>
struct algebra<op::log_sum_exp> {
    static constexpr std::string_view function = "logsumexp";

    // The sum is that of all terms but one largest: the 1 that this one would add costs small sums their digits, and
    // finish adds it by log1p. Sums and exponentials are pairs of floats, good to some 30 bits, because a result near 0
    // is a difference that keeps few of them; a GPU has the arithmetic to spare while it waits for memory. precise::exp
    // and precise::log promise 4 ulp: the first is not used, and the second only as the start of a Newton step. A
    // compiler that contracts changes no more than the last bit of a low part.
    //
    // Error: at most 4 ulp where the largest element is not negative or |result| >= 2^-7, worst seen 2.97 (where
    // terms count 23181053 times); otherwise at most 2^-28, worst seen 2^-28.59. Both with precise::log off by its 4 ulp,
    // and for up to 2^24 terms a thread, which a result of 2^40 terms has. Subnormal numbers may count as 0.
    static constexpr std::string_view text = R"metal(
// What is known of some terms: max, and high + low = the sum of exp(x - max) over all of them but one that is max, times
// 2^63. Beside a maximum of 0 the sum alone is the result, and many exponentials, none of which is a normal float, may
// have a sum that is. A sum of 2^63 ones does not overflow.
struct state { float max; float high; float low; };

struct pair { float high; float low; };

inline float two_to_63() { return as_type<float>(0x5f000000u); }

inline float two_to_minus_63() { return as_type<float>(0x20000000u); }

inline float minus_infinity() { return as_type<float>(0xff800000u); }

inline bool is_nan(float x) { return (as_type<uint>(x) & 0x7fffffffu) > 0x7f800000u; }

inline bool is_infinite(float x) { return (as_type<uint>(x) & 0x7fffffffu) == 0x7f800000u; }

// a + b without a rounding.
inline pair two_sum(float a, float b) {
    pair sum;
    sum.high = a + b;
    float back = sum.high - a;
    sum.low = (a - (sum.high - back)) + (b - back);
    return sum;
}

inline pair plus(pair a, pair b) {
    pair sum = two_sum(a.high, b.high);
    sum.low += a.low + b.low;
    return sum;
}

inline state identity() {
    state s;
    s.max = minus_infinity();
    s.high = 0.0f;
    s.low = 0.0f;
    return s;
}

// 2^up exp(d) for -131 < d <= 0, to 2^-30 of it: d = k ln 2 + r, and exp(r) = 1 + r + r^2/2 + r^3 (1/3! + r/4! + ...),
// where only the cubic rest is rounded to a float. k times the first 15 bits of ln 2 is exact.
inline pair exp_of(pair d, int up) {
    float k = rint(d.high * 1.44269504f);
    pair r = two_sum(fma(k, -0.693145752f, d.high), fma(k, -1.42860677e-6f, d.low));
    float square = r.high * r.high;
    float square_low = fma(r.high, r.high, -square) + 2.0f * r.high * r.low;
    float q = fma(r.high, 2.48015873e-5f, 1.98412698e-4f);
    q = fma(r.high, q, 1.38888889e-3f);
    q = fma(r.high, q, 8.33333333e-3f);
    q = fma(r.high, q, 4.16666667e-2f);
    q = fma(r.high, q, 1.66666667e-1f);
    pair sum = two_sum(r.high, 0.5f * square);
    pair whole = two_sum(1.0f, sum.high);
    float rest = fma(square * r.high, q, fma(0.5f, square_low, r.low));
    pair power = two_sum(whole.high, whole.low + sum.low + rest);
    float scale = as_type<float>(uint(int(k) + up + 127) << 23);
    power.high *= scale;
    power.low *= scale;
    return power;
}

// exp(x - max) times 2^63 for x <= max or NaN. The difference of equal infinities would be NaN.
inline pair weight(float x, float max) {
    pair w;
    w.high = x == max ? two_to_63() : is_nan(x) ? x : 0.0f;
    w.low = 0.0f;
    // Below are terms of which 2^62 have no sum that is a normal float, and -inf.
    if (x < max && x - max > -131.0f) w = exp_of(two_sum(x, -max), 63);
    return w;
}

// Left to grow with the number of terms, low would be rounded ever more coarsely: what high can take of it goes there.
inline void add(thread state& s, pair sum) {
    pair before;
    before.high = s.high;
    before.low = s.low;
    pair after = plus(before, sum);
    after = two_sum(after.high, after.low);
    s.high = after.high;
    s.low = after.low;
}

// Adds to s, whose max is no smaller, a whole state: its terms and the one it left out.
inline void add_scaled(thread state& s, float max, float high, float low) {
    pair factor = weight(max, s.max);
    pair whole = two_sum(1.0f, high * two_to_minus_63());
    whole.low += low * two_to_minus_63();
    pair product;
    product.high = whole.high * factor.high;
    product.low = fma(whole.high, factor.high, -product.high) + whole.high * factor.low + whole.low * factor.high;
    add(s, product);
}

// Of two disjoint sets of terms, the state of both.
inline void merge(thread state& s, float max, float high, float low) {
    if (max > s.max) {
        state smaller = s;
        s.max = max;
        s.high = high;
        s.low = low;
        add_scaled(s, smaller.max, smaller.high, smaller.low);
    } else {
        add_scaled(s, max, high, low);
    }
}

// Up to `block` terms at once, so that the sum is rescaled, and added to, once for all of them.
inline void absorb(thread state& s, thread const float* x, uint count) {
    float largest = minus_infinity();
    for (uint i = 0; i < block; ++i)
        if (i < count && x[i] > largest) largest = x[i];
    bool left_out = !(largest > s.max);
    if (!left_out) {
        state before = s;
        s.max = largest;
        s.high = 0.0f;
        s.low = 0.0f;
        add_scaled(s, before.max, before.high, before.low);
    }
    pair sum;
    sum.high = 0.0f;
    sum.low = 0.0f;
    for (uint i = 0; i < block; ++i) {
        if (i >= count) continue;
        if (!left_out && x[i] == s.max)
            left_out = true;
        else
            sum = plus(sum, weight(x[i], s.max));
    }
    add(s, sum);
}

// log(1 + others).
inline pair log1p_of(pair others) {
    pair whole = two_sum(1.0f, others.high);
    whole.low += others.low;
    pair log;
    log.high = precise::log(whole.high);
    pair minus_log;
    minus_log.high = -log.high;
    minus_log.low = 0.0f;
    // By Newton: log w = y + (w exp(-y) - 1), less a square too small to matter.
    pair inverse = exp_of(minus_log, 0);
    log.low = fma(whole.high, inverse.high, -1.0f) + fma(whole.high, inverse.low, whole.low * inverse.high);
    return log;
}

// max + log(1 + others), where 1 + others is `count` times 1 + 2^-63 (high + low). No product overflows: count times the
// number of terms is the number of elements that the result is made of, which is below 2^63.
inline float finish(thread const state& s, pair count) {
    if (is_nan(s.high)) return s.high;
    if (is_infinite(s.max)) return s.max;
    float high = s.high * two_to_minus_63();
    float low = s.low * two_to_minus_63();
    pair more = two_sum(count.high, -1.0f);
    float product = count.high * high;
    pair others = two_sum(more.high, product);
    others.low += fma(count.high, high, -product) + count.high * low + (more.low + count.low + count.low * high);
    // A maximum that is alone is the result, also where it is -0.
    if (others.high == 0.0f) return s.max;
    pair log = log1p_of(others);
    pair result = two_sum(s.max, log.high);
    return result.high + (result.low + log.low);
}
)metal";
};

} // namespace summit::inline version0::metal
