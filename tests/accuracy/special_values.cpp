// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#include "accuracy/table.hpp"
#include "accuracy/types.hpp"

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <set>

// Built with -ffast-math too, where the compiler may assume that there are no NaN and no infinities: every special value
// is made of bits here, and looked at by its bits.
namespace {

/// Elements by what they are called.
enum class element {
    quiet_nan,
    negative_nan,
    signalling_nan,
    plus_infinity,
    minus_infinity,
    largest,
    lowest,
    zero,
    minus_zero,
    smallest,
    ordinary
};

template <class T>
T make(element what, support::random_source& random) {
    using format = support::binary_format<T>;
    using bits = typename format::bits;
    switch (what) {
    case element::quiet_nan:
        return format::from(format::quiet_nan);
    case element::negative_nan:
        return format::from(static_cast<bits>(format::quiet_nan | format::sign | 3));
    case element::signalling_nan:
        return format::from(static_cast<bits>(format::infinity + 1));
    case element::plus_infinity:
        return format::from(format::infinity);
    case element::minus_infinity:
        return format::from(static_cast<bits>(format::infinity | format::sign));
    case element::largest:
        return format::from(static_cast<bits>(format::infinity - 1));
    case element::lowest:
        return format::from(static_cast<bits>((format::infinity - 1) | format::sign));
    case element::zero:
        return format::from(0);
    case element::minus_zero:
        return format::from(format::sign);
    case element::smallest:
        return format::from(1);
    case element::ordinary:
        break;
    }
    return support::to_element<T>(random.between(-8.0, 8.0));
}

/// A row of the table: what most elements are, and which stand among them, the first at the position tried and the
/// second, if there is one, at the position after it or at the other end.
struct row {
    const char* name;
    element background;
    element first;
    element second;
};

constexpr row table[] = {
    {"NaN among numbers", element::ordinary, element::quiet_nan, element::ordinary},
    {"NaN with its sign set", element::ordinary, element::negative_nan, element::ordinary},
    {"signalling NaN", element::ordinary, element::signalling_nan, element::ordinary},
    {"+inf among numbers", element::ordinary, element::plus_infinity, element::ordinary},
    {"-inf among numbers", element::ordinary, element::minus_infinity, element::ordinary},
    {"+inf and NaN", element::ordinary, element::plus_infinity, element::quiet_nan},
    {"NaN and +inf", element::ordinary, element::quiet_nan, element::plus_infinity},
    {"-inf and NaN", element::ordinary, element::minus_infinity, element::negative_nan},
    {"+inf and -inf", element::ordinary, element::plus_infinity, element::minus_infinity},
    {"all -inf", element::minus_infinity, element::minus_infinity, element::minus_infinity},
    {"a number among -inf", element::minus_infinity, element::ordinary, element::minus_infinity},
    {"two numbers among -inf", element::minus_infinity, element::ordinary, element::ordinary},
    {"the lowest number among -inf", element::minus_infinity, element::lowest, element::minus_infinity},
    {"0 among -inf", element::minus_infinity, element::zero, element::minus_infinity},
    {"NaN among -inf", element::minus_infinity, element::quiet_nan, element::minus_infinity},
    {"signalling NaN among -inf", element::minus_infinity, element::signalling_nan, element::minus_infinity},
    {"+inf among -inf", element::minus_infinity, element::plus_infinity, element::minus_infinity},
    {"+inf and NaN among -inf", element::minus_infinity, element::plus_infinity, element::quiet_nan},
    {"all +inf", element::plus_infinity, element::plus_infinity, element::plus_infinity},
    {"NaN among +inf", element::plus_infinity, element::quiet_nan, element::plus_infinity},
    {"signalling NaN among +inf", element::plus_infinity, element::signalling_nan, element::plus_infinity},
    {"-inf among +inf", element::plus_infinity, element::minus_infinity, element::plus_infinity},
    {"all NaN", element::quiet_nan, element::quiet_nan, element::quiet_nan},
    {"+inf among NaN", element::quiet_nan, element::plus_infinity, element::quiet_nan},
    {"the largest number", element::ordinary, element::largest, element::ordinary},
    {"the largest and +inf", element::ordinary, element::largest, element::plus_infinity},
    {"the largest among -inf", element::minus_infinity, element::largest, element::minus_infinity},
    {"all the largest", element::largest, element::largest, element::largest},
    {"all the lowest", element::lowest, element::lowest, element::lowest},
    {"a number among the lowest", element::lowest, element::ordinary, element::lowest},
    {"-inf among the lowest", element::lowest, element::minus_infinity, element::lowest},
    {"NaN among the lowest", element::lowest, element::quiet_nan, element::lowest},
    {"all 0", element::zero, element::zero, element::zero},
    {"all -0", element::minus_zero, element::minus_zero, element::minus_zero},
    {"the smallest number among -inf", element::minus_infinity, element::smallest, element::minus_infinity},
    {"the smallest number among the lowest", element::lowest, element::smallest, element::lowest},
};

/// The kernels, by a layout that takes each.
enum class kernel { rows, strided_rows, columns, strided_columns, three_loops };

constexpr std::pair<kernel, const char*> kernels[] = {
    {kernel::rows, "row"},
    {kernel::strided_rows, "strided row"},
    {kernel::columns, "column"},
    {kernel::strided_columns, "strided column"},
    {kernel::three_loops, "runs of a row"},
};

struct place {
    summit::index_list shape;
    summit::index_list strides;
    summit::axes which;
    /// Where term t of result r lies.
    [[nodiscard]] std::ptrdiff_t offset(std::ptrdiff_t r, std::ptrdiff_t t) const {
        if (shape.size() == 3) return r * strides[0] + t / 2 * strides[1] + t % 2 * strides[2];
        return which.names()[0] == 0 ? t * strides[0] + r * strides[1] : r * strides[0] + t * strides[1];
    }
};

place place_for(kernel k, std::ptrdiff_t results, std::ptrdiff_t terms) {
    switch (k) {
    case kernel::rows:
        return {{results, terms}, {terms, 1}, 1};
    case kernel::strided_rows:
        return {{results, terms}, {2 * terms + 1, 2}, 1};
    case kernel::columns:
        return {{terms, results}, {results, 1}, 0};
    case kernel::strided_columns:
        return {{terms, results}, {2 * results + 1, 2}, 0};
    case kernel::three_loops:
        break;
    }
    return {{results, terms / 2, 2}, {5 * (terms / 2), 5, 2}, {1, 2}};
}

/// Positions in the first vectors, in the tail, around the ends of blocks; all of them where there are few.
std::vector<std::ptrdiff_t> positions(std::ptrdiff_t terms) {
    std::set<std::ptrdiff_t> chosen;
    for (std::ptrdiff_t boundary : {std::ptrdiff_t{0}, std::ptrdiff_t{32}, std::ptrdiff_t{256}, std::ptrdiff_t{2048},
                                    std::ptrdiff_t{4096}, terms})
        for (std::ptrdiff_t at : {boundary - 17, boundary - 16, boundary - 8, boundary - 2, boundary - 1, boundary,
                                  boundary + 1, boundary + 7, boundary + 8, boundary + 15})
            if (at >= 0 && at < terms) chosen.insert(at);
    if (terms <= 70)
        for (std::ptrdiff_t at = 0; at != terms; ++at) chosen.insert(at);
    return {chosen.begin(), chosen.end()};
}

/// One row of the table at every position: position p in result p, so that neighbours differ. Returns what is wrong.
template <class T>
std::string try_row(const row& r, kernel k, std::ptrdiff_t terms, std::ptrdiff_t distance) {
    const auto where = positions(terms);
    const auto results = static_cast<std::ptrdiff_t>(where.size()) + 1;
    const place lie = place_for(k, results, terms);
    support::exact_span<T> elements(lie.shape, lie.strides);
    support::random_source random(static_cast<std::uint64_t>(terms) * 64 + static_cast<std::uint64_t>(k));
    T* first = elements.elements().data();
    std::vector<support::exact_result> wanted;
    for (std::ptrdiff_t i = 0; i != results; ++i) {
        std::vector<T> slice(static_cast<std::size_t>(terms));
        // The last result is ordinary: what happens beside it must not show there.
        const bool plain = i + 1 == results;
        for (T& x : slice) x = make<T>(plain ? element::ordinary : r.background, random);
        if (!plain) {
            const std::ptrdiff_t at = where[static_cast<std::size_t>(i)];
            const std::ptrdiff_t other = (at + distance) % terms;
            if (terms > 1 && other != at) slice[static_cast<std::size_t>(other)] = make<T>(r.second, random);
            slice[static_cast<std::size_t>(at)] = make<T>(r.first, random);
        }
        for (std::ptrdiff_t t = 0; t != terms; ++t) first[lie.offset(i, t)] = slice[static_cast<std::size_t>(t)];
        wanted.push_back(support::exact_log_sum_exp<T>(slice));
    }
    const auto got = accuracy::logsumexp(elements.constant(), lie.which);
    for (std::ptrdiff_t i = 0; i != results; ++i) {
        const auto name = [&] {
            return std::string(r.name) + ", " + std::to_string(terms) + " terms, position " +
                   (i + 1 == results ? std::string("none") : std::to_string(where[static_cast<std::size_t>(i)])) +
                   ", second " + std::to_string(distance) + " further";
        };
        const auto value = got.data()[i];
        const double error = accuracy::judge<T>("special values", wanted[static_cast<std::size_t>(i)], value, name);
        if (error > accuracy::promised<T>) return name() + ": got " + support::describe(value);
    }
    return {};
}

} // namespace

TEMPLATE_LIST_TEST_CASE("special values, in every kernel and position", "[accuracy][special]", accuracy::float_types) {
    for (const auto& [k, kernel_name] : kernels) {
        for (const row& r : table) {
            std::string wrong;
            for (std::ptrdiff_t terms : {2, 4, 8, 16, 30, 32, 34, 66, 270, 4112})
                for (std::ptrdiff_t distance : {std::ptrdiff_t{1}, terms / 2}) {
                    const std::string found = try_row<TestType>(r, k, terms, distance);
                    if (wrong.empty()) wrong = found;
                }
            INFO(accuracy::name_of<TestType>() << ", " << kernel_name << ", " << wrong);
            CHECK(wrong.empty());
        }
    }
}

TEMPLATE_LIST_TEST_CASE("special values, alone and in a result without terms", "[accuracy][special]",
                        accuracy::float_types) {
    using result = summit::result_t<TestType>;
    using format = support::binary_format<result>;
    support::random_source random(1);
    for (element what :
         {element::quiet_nan, element::negative_nan, element::signalling_nan, element::plus_infinity,
          element::minus_infinity, element::largest, element::lowest, element::zero, element::smallest}) {
        const std::vector<TestType> one{make<TestType>(what, random)};
        const auto wanted = support::exact_log_sum_exp<TestType>(one);
        const result alone = accuracy::logsumexp(support::as_row(one)).item();
        const result kept = accuracy::logsumexp(support::as_row(one), summit::axes{}).data()[0];
        INFO(support::describe(one[0]) << " gives " << support::describe(alone) << " and " << support::describe(kept));
        CHECK(accuracy::error_of<TestType>(wanted, alone) == 0.0);
        CHECK((accuracy::error_of<TestType>(wanted, kept) == 0.0 || format::of(kept) == format::of(one[0])));
    }
    const std::vector<TestType> none;
    const result empty = accuracy::logsumexp(support::as_row(none)).item();
    CHECK(format::of(empty) == (format::infinity | format::sign));
}

TEMPLATE_LIST_TEST_CASE("subnormals are kept, however the hardware is set", "[accuracy][special]",
                        accuracy::float_types) {
    using result = summit::result_t<TestType>;
    using in = support::binary_format<TestType>;
    using out = support::binary_format<result>;
    INFO("the hardware " << (support::flushes_subnormals() ? "takes subnormals for 0" : "computes with subnormals"));
    for (auto bits : {typename in::bits{1}, static_cast<typename in::bits>(in::smallest_normal - 1)})
        for (auto sign : {typename in::bits{0}, in::sign}) {
            const std::vector<TestType> one{in::from(static_cast<typename in::bits>(bits | sign))};
            const result got = accuracy::logsumexp(support::as_row(one)).item();
            INFO(support::describe(one[0]) << " gives " << support::describe(got));
            CHECK(out::of(got) == in::of(one[0]));
        }
}
