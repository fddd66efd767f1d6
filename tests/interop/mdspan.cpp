// SPDX-License-Identifier: MIT
// The standard library's own mdspan, where it has one. A program without a test framework, as that may be built for another
// standard library.
#include <summit/summit.hpp>

#include <mdspan>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace {

int failures = 0;

void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "failed: %s\n", what);
    ++failures;
}

using two_dimensions = std::dextents<int, 2>;

/// By columns from an offset on, and not known to have strides before it is asked.
struct from_offset {
    template <class Extents>
    struct mapping {
        using extents_type = Extents;
        using index_type = typename Extents::index_type;
        using size_type = typename Extents::size_type;
        using rank_type = typename Extents::rank_type;
        using layout_type = from_offset;

        [[nodiscard]] constexpr const Extents& extents() const { return all; }
        [[nodiscard]] constexpr index_type required_span_size() const { return 3 + all.extent(0) * all.extent(1); }
        template <class I, class J>
        [[nodiscard]] constexpr index_type operator()(I i, J j) const {
            return static_cast<index_type>(3 + i + j * all.extent(0));
        }
        [[nodiscard]] static constexpr bool is_always_unique() { return true; }
        [[nodiscard]] static constexpr bool is_always_exhaustive() { return false; }
        [[nodiscard]] static constexpr bool is_always_strided() { return false; }
        [[nodiscard]] static constexpr bool is_unique() { return true; }
        [[nodiscard]] static constexpr bool is_exhaustive() { return false; }
        [[nodiscard]] constexpr bool is_strided() const { return strided; }
        [[nodiscard]] constexpr index_type stride(rank_type i) const { return i == 0 ? 1 : all.extent(0); }

        Extents all;
        bool strided = true;
    };
};

/// In tiles of 2 by 2: without strides.
struct tiled {
    template <class Extents>
    struct mapping {
        using extents_type = Extents;
        using index_type = typename Extents::index_type;
        using size_type = typename Extents::size_type;
        using rank_type = typename Extents::rank_type;
        using layout_type = tiled;

        [[nodiscard]] constexpr const Extents& extents() const { return all; }
        [[nodiscard]] constexpr index_type required_span_size() const { return all.extent(0) * all.extent(1); }
        template <class I, class J>
        [[nodiscard]] constexpr index_type operator()(I i, J j) const {
            return (i / 2 * (all.extent(1) / 2) + j / 2) * 4 + i % 2 * 2 + j % 2;
        }
        [[nodiscard]] static constexpr bool is_always_unique() { return true; }
        [[nodiscard]] static constexpr bool is_always_exhaustive() { return true; }
        [[nodiscard]] static constexpr bool is_always_strided() { return false; }
        [[nodiscard]] static constexpr bool is_unique() { return true; }
        [[nodiscard]] static constexpr bool is_exhaustive() { return true; }
        [[nodiscard]] static constexpr bool is_strided() { return false; }

        Extents all;
    };
};

/// What std::linalg::scaled makes of its argument.
struct doubled {
    using element_type = const float;
    using reference = float;
    using data_handle_type = const float*;
    using offset_policy = doubled;
    static reference access(data_handle_type p, std::size_t i) { return 2 * p[i]; }
    static data_handle_type offset(data_handle_type p, std::size_t i) { return p + i; }
};

template <class M>
bool sees(const M& m) {
    const auto v = summit::as_view(m);
    if (v.shape() != summit::index_list{m.extent(0), m.extent(1)}) return false;
    for (int i = 0; i != m.extent(0); ++i)
        for (int j = 0; j != m.extent(1); ++j)
            if (&v(i, j) != &m[std::array{i, j}]) return false;
    return true;
}

} // namespace

int main() {
    std::array<float, 24> x;
    for (std::size_t i = 0; i != x.size(); ++i) x[i] = static_cast<float>(i);

    const std::mdspan<const float, two_dimensions> rows(x.data() + 1, 2, 3);
    const auto y = summit::logsumexp(rows, 1);
    check(y.shape() == summit::index_list{2}, "the shape of a result");
    check(std::abs(y(0) - 3.4076059F) < 1e-6F && std::abs(y(1) - 6.4076059F) < 1e-6F, "the values of a result");

    check(sees(std::mdspan<float, two_dimensions>(x.data(), 4, 6)), "rows");
    check(sees(std::mdspan<float, two_dimensions, std::layout_left>(x.data(), 4, 6)), "columns");
    check(sees(std::mdspan<float, std::extents<int, 4, 6>>(x.data())), "static extents");
    using strided = std::layout_stride::mapping<two_dimensions>;
    check(sees(std::mdspan(x.data() + 1, strided(two_dimensions(3, 2), std::array{2, 9}))), "strides");
    using shifted = from_offset::mapping<two_dimensions>;
    check(sees(std::mdspan(x.data(), shifted{two_dimensions(3, 4)})), "an offset");
    check(summit::as_view(std::mdspan(x.data(), shifted{two_dimensions(0, 4)})).size() == 0, "no elements");
    check(summit::as_view(std::mdspan<float, std::extents<int>>(x.data() + 5)).item() == 5, "rank 0");
    try {
        static_cast<void>(summit::as_view(std::mdspan(x.data(), shifted{two_dimensions(3, 4), false})));
        check(false, "a mapping without strides");
    } catch (const std::invalid_argument&) {}

    using scaled = std::mdspan<const float, two_dimensions, std::layout_right, doubled>;
    static_assert(!summit::viewable<const scaled>);
    static_assert(!summit::viewable<const std::mdspan<float, two_dimensions, tiled>>);
    static_assert(summit::viewable<const std::mdspan<float, two_dimensions, std::layout_stride>>);

    std::array<float, 4> out{};
    summit::logsumexp_into(std::mdspan<float, std::dextents<int, 1>>(out.data(), 2), rows, 1);
    check(out[0] == y(0) && out[1] == y(1) && out[2] == 0, "results through an mdspan");
    const summit::stream<summit::device::cpu> s;
    const auto z = summit::logsumexp(std::mdspan<const float, two_dimensions>(x.data() + 1, 2, 3), 1, false, s);
    check(z(1) == y(1), "a temporary mdspan on a stream");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
