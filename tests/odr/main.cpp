// SPDX-License-Identifier: MIT
// main              everything, in both files and between them
// main one          what the first file does, and nothing of the second, for which this processor may have too little
// main one errors   errors too
#include "file.hpp"

#include <cmath>
#include <cstdio>

namespace {

/// Objects made by `maker` and used by `user`.
int failures_between(const file& maker, const file& user) {
    const file::stream s = maker.make_stream();
    const file::stream t = user.make_stream();
    // Work of either file in either's queue, behind work of the other's, on either's arrays.
    const summit::array<float> x = maker.make_array({100, 100}, 1);
    const summit::array<float> y = user.reduce(x, 1, s);
    const summit::array<float> z = maker.reduce(y, summit::all_axes, t);
    summit::array<float> rows = maker.make_array({100}, 0);
    for (int i = 0; i != 10; ++i) {
        user.reduce_into(rows, x, i % 2 == 0 ? s : t);
        maker.reduce_into(rows, x, t);
    }
    const summit::array<float> all = user.reduce(rows, 0, s);
    user.overwrite(rows, summit::view<const float>(x.data(), x.shape()));
    int failures = 0;
    const double wanted = 1 + std::log(10000.0);
    const auto expect = [&](bool holds, const char* what) {
        if (holds) return;
        ++failures;
        std::printf("failed: %s\n", what);
    };
    expect(std::fabs(double{user.item(z)} - wanted) < 1e-5, "work behind work of another file's");
    expect(std::fabs(double{maker.item(all)} - wanted) < 1e-5, "results read before they are written again");
    expect(std::fabs(double{rows(99)} - 1 - std::log(100.0)) < 1e-5, "results written again");
    s.synchronize();

    float v[6] = {0, 1, 2, 3, 4, 5};
    const summit::view<float> whole(v, {2, 3});
    expect(user.reverse(maker.reverse(whole))(1, 0) == 2 && maker.reverse(whole)(2, 0) == 5, "a view");

    // Used and destroyed elsewhere, while work uses it.
    user.take(maker.make_array({1000}, 2), maker.make_stream());
    user.take(maker.reduce(maker.make_array({1000}, 2), 0, s), user.make_stream());
    summit::array<float> pending = maker.reduce(x, 0, s);
    pending = user.reduce(pending, 0, t);
    expect(std::fabs(double{pending.item()} - wanted) < 1e-5, "an array assigned to while work reads it");
    return failures;
}

int failures_with_two() {
    return one.failures_of_errors() + two.failures() + two.failures_of_errors() + failures_between(one, one) +
           failures_between(one, two) + failures_between(two, one) + failures_between(two, two);
}

} // namespace

int main(int count, char**) {
    int failures = one.failures();
    if (count == 1) {
#if defined(__x86_64__)
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
            std::puts("the second file is for AVX2 with FMA, which this processor lacks");
            return 77;
        }
#endif
        failures += failures_with_two();
    } else if (count == 3) {
        failures += one.failures_of_errors();
    }
    std::printf("%d checks failed\n", failures);
    return failures == 0 ? 0 : 1;
}
