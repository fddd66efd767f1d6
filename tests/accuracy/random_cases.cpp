// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <mutex>
#include <tuple>

namespace {

using support::random_source;

/// The strides of a result that the caller owns: dense in some order, with gaps or backwards.
summit::index_list result_strides(random_source& random, const summit::index_list& shape) {
    summit::index_list strides = shape;
    std::ptrdiff_t stride = 1 + static_cast<std::ptrdiff_t>(random.below(3));
    const bool first_fastest = random.one_in(2);
    for (std::size_t i = 0; i != shape.size(); ++i) {
        const std::size_t dimension = first_fastest ? i : shape.size() - 1 - i;
        strides[dimension] = random.one_in(4) ? -stride : stride;
        stride = stride * std::max<std::ptrdiff_t>(shape[dimension], 1) + static_cast<std::ptrdiff_t>(random.below(2));
    }
    return strides;
}

/// One case, from its seed alone; says what is wrong, or nothing.
template <class T>
std::string try_case(std::uint64_t seed) {
    using result = summit::result_t<T>;
    using format = support::binary_format<result>;
    random_source random(seed);
    const support::layout layout = support::random_layout(random, random.one_in(50)  ? 3000
                                                                  : random.one_in(5) ? 300
                                                                                     : 40);
    support::exact_span<T> place(layout.shape, layout.strides);
    support::fill_randomly(random, place.begin(), place.end());

    const auto describe = [&] { return "seed " + std::to_string(seed) + " " + layout.text(); };
    const auto slices = support::slices_of<T>(place.constant(), layout.selected);
    const auto which = layout.which(&random);
    const auto got = accuracy::logsumexp<T>(place.constant(), which, layout.keepdims);
    const auto shape = summit::reduced_shape(layout.shape, layout.selected, layout.keepdims);
    if (got.shape() != shape) return describe() + ": shape " + summit::to_string(got.shape());

    support::exact_span<result> out(shape, result_strides(random, shape));
    constexpr auto untouched = static_cast<typename format::bits>(format::infinity + 5);
    std::fill(out.begin(), out.end(), format::from(untouched));
    accuracy::logsumexp_into<T>(out.elements(), place.constant(), which, layout.keepdims);
    const auto out_view = out.elements();

    std::string wrong;
    std::size_t at = 0;
    std::size_t same = 0;
    support::for_each_index(shape, [&](const summit::index_list& index) {
        const result value = got.data()[at];
        const auto wanted = support::exact_log_sum_exp<support::listed<T>>(slices[at]);
        if (accuracy::judge<T>("random small cases", wanted, value, describe) > accuracy::promised<T>)
            wrong = describe() + ": result " + std::to_string(at) + " is " + support::describe(value);
        if (format::of(out_view.data()[support::offset_of(index, out_view.strides())]) != format::of(value))
            wrong = describe() + ": logsumexp_into differs";
        ++at;
    });
    for (const result& value : std::span(out.begin(), out.size()))
        if (format::of(value) != untouched) ++same;
    if (same != at) wrong = describe() + ": writes beside the results";
    return wrong;
}

} // namespace

TEMPLATE_LIST_TEST_CASE("random small cases agree with the oracle", "[accuracy][random]", accuracy::types) {
    constexpr std::size_t cases = 100'000 / std::tuple_size_v<accuracy::types>;
    constexpr std::size_t batch = 500;
    // Every type has seeds of its own.
    std::uint64_t first = 0;
    for (char letter : accuracy::name_of<TestType>()) first = first * 31 + static_cast<unsigned char>(letter);
    first = first % 9973 * 100'000;
    std::mutex mutex;
    std::vector<std::string> wrong;
    accuracy::in_parallel(cases / batch, [&](std::size_t group) {
        for (std::size_t i = 0; i != batch; ++i) {
            const std::string found = try_case<TestType>(first + group * batch + i);
            if (found.empty()) continue;
            const std::lock_guard lock(mutex);
            wrong.push_back(found);
        }
    });
    INFO(wrong.size() << " of " << cases << " cases are wrong, among them " << (wrong.empty() ? "" : wrong.front()));
    CHECK(wrong.empty());
}
