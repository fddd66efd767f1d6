// SPDX-License-Identifier: MIT
// What Eigen has in memory, read and written in place.
#include <summit/summit.hpp>

#include <Eigen/Dense>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

using summit::as_view;
using summit::index_list;
using summit::logsumexp;
using summit::logsumexp_into;

namespace {

using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class Matrix = Eigen::MatrixXf>
Matrix counting(Eigen::Index rows, Eigen::Index columns) {
    Matrix m(rows, columns);
    for (Eigen::Index i = 0; i != rows; ++i)
        for (Eigen::Index j = 0; j != columns; ++j) m(i, j) = static_cast<float>(10 * i + j) / 8;
    return m;
}

/// Whether a view has the shape of a matrix and its very elements.
template <class Matrix>
bool sees(const summit::view<const float>& v, const Matrix& m) {
    if (v.shape() != index_list{m.rows(), m.cols()}) return false;
    for (Eigen::Index i = 0; i != m.rows(); ++i)
        for (Eigen::Index j = 0; j != m.cols(); ++j)
            if (&v(i, j) != &m.coeffRef(i, j)) return false;
    return true;
}

template <class Vector>
bool sees_vector(const summit::view<const float>& v, const Vector& m) {
    if (v.shape() != index_list{m.size()}) return false;
    for (Eigen::Index i = 0; i != m.size(); ++i)
        if (&v(i) != &m.coeffRef(i)) return false;
    return true;
}

template <class A>
constexpr bool takes = summit::viewable<std::remove_reference_t<A>>;

template <class A>
constexpr bool borrows = summit::borrows<std::remove_cvref_t<A>>;

} // namespace

TEMPLATE_TEST_CASE("matrices, blocks and maps of either order", "[eigen]", Eigen::MatrixXf, row_major) {
    using matrix = TestType;
    matrix m = counting<matrix>(5, 7);
    const matrix& constant = m;
    CHECK(sees(as_view(m), m));
    CHECK(sees(as_view(constant), m));
    STATIC_CHECK(std::is_same_v<decltype(as_view(m)), summit::view<float>>);
    STATIC_CHECK(std::is_same_v<decltype(as_view(constant)), summit::view<const float>>);

    CHECK(sees(as_view(m.block(1, 2, 3, 4)), m.block(1, 2, 3, 4)));
    CHECK(sees(as_view(constant.block(1, 2, 3, 4)), constant.block(1, 2, 3, 4)));
    CHECK(sees(as_view(m.template topLeftCorner<2, 3>()), m.template topLeftCorner<2, 3>()));
    CHECK(sees(as_view(m.block(1, 1, 4, 5).block(1, 2, 2, 2)), m.block(2, 3, 2, 2)));
    CHECK(sees(as_view(m.transpose()), m.transpose()));
    CHECK(sees(as_view(m.middleRows(1, 3)), m.middleRows(1, 3)));
    CHECK(sees(as_view(m.middleCols(1, 3)), m.middleCols(1, 3)));
    CHECK(sees(as_view(m.array()), m));

    CHECK(sees_vector(as_view(m.row(3)), m.row(3)));
    CHECK(sees_vector(as_view(m.col(3)), m.col(3)));
    CHECK(sees_vector(as_view(m.row(3).segment(2, 4)), m.row(3).segment(2, 4)));
    CHECK(sees_vector(as_view(m.row(3).transpose()), m.row(3).transpose()));
    CHECK(sees_vector(as_view(m.diagonal()), m.diagonal()));

    Eigen::Map<matrix> map(m.data(), 7, 5);
    CHECK(sees(as_view(map), map));
    using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
    Eigen::Map<matrix, 0, strides> strided(m.data(), 3, 2, strides(11, 3));
    CHECK(sees(as_view(strided), strided));
    CHECK(sees(as_view(Eigen::Map<const matrix>(m.data(), 5, 7)), m));
    Eigen::Ref<matrix> ref(m);
    CHECK(sees(as_view(ref), m));
    Eigen::Ref<const matrix, 0, Eigen::OuterStride<>> of_block(m.block(1, 2, 3, 4));
    CHECK(sees(as_view(of_block), m.block(1, 2, 3, 4)));

    const matrix none(0, 3);
    CHECK(as_view(none).shape() == index_list{0, 3});
}

TEST_CASE("vectors by their type have one dimension, and no others", "[eigen]") {
    Eigen::VectorXf column(4);
    column << 1, 2, 3, 4;
    Eigen::RowVector3f row(1, 2, 3);
    CHECK(sees_vector(as_view(column), column));
    CHECK(sees_vector(as_view(row), row));
    CHECK(sees_vector(as_view(std::as_const(column)), column));
    const Eigen::MatrixXf one_row = counting(1, 4);
    CHECK(as_view(one_row).shape() == index_list{1, 4});
    float raw[8] = {0, 100, 1, 100, 2, 100, 3, 100};
    const Eigen::Map<Eigen::VectorXf, 0, Eigen::InnerStride<>> map(raw, 4, Eigen::InnerStride<>(2));
    CHECK(as_view(map).strides() == index_list{2});
    CHECK(std::abs(logsumexp(map).item() - 3.4401897F) < 1e-6F);
}

TEST_CASE("real and imaginary parts lie two numbers apart", "[eigen]") {
    Eigen::MatrixXcf z(2, 3);
    z.setRandom();
    CHECK(as_view(z).shape() == index_list{2, 3});
    const auto parts = z.imag();
    if constexpr (takes<decltype(parts)>) {
        CHECK(as_view(parts)(1, 2) == z(1, 2).imag());
        CHECK(as_view(parts).strides() == index_list{2, 4});
    }
}

TEST_CASE("axes are those of the matrix, and results go where they belong", "[eigen]") {
    const Eigen::MatrixXf m = counting(3, 4);
    CHECK(logsumexp(m, 0).shape() == index_list{4});
    CHECK(logsumexp(m, 1).shape() == index_list{3});
    CHECK(std::abs(logsumexp(m.row(1)).item() - std::log(m.row(1).array().exp().sum())) < 1e-5F);
    CHECK(std::abs(logsumexp(m.block(1, 1, 2, 2)).item() - std::log(m.block(1, 1, 2, 2).array().exp().sum())) < 1e-5F);

    const float a[3][2] = {{0, 0}, {1, 1}, {2, 2}};
    const auto wanted = logsumexp(a, 1);
    Eigen::MatrixXf out = Eigen::MatrixXf::Constant(3, 3, -7);
    logsumexp_into(out.row(1), a, 1);
    for (Eigen::Index j = 0; j != 3; ++j) {
        CHECK(out(1, j) == wanted(j));
        CHECK(out(0, j) == -7);
        CHECK(out(2, j) == -7);
    }
    auto column = out.col(2);
    logsumexp_into(column, a, 1);
    CHECK(out(2, 2) == wanted(2));
    CHECK(out(2, 1) == -7);
    Eigen::Vector3f vector;
    logsumexp_into(vector, a, 1);
    CHECK(vector(1) == wanted(1));
    logsumexp_into(Eigen::Map<Eigen::VectorXf>(out.data(), 3), a, 1);
    CHECK(out(0, 0) == wanted(0));
    logsumexp_into(out.block(0, 1, 3, 1), a, 1, true);
    CHECK(out(2, 1) == wanted(2));
    CHECK_THROWS_AS(logsumexp_into(out.col(0), out, 1), std::invalid_argument);
}

TEST_CASE("what is not in memory is not taken, what owns its elements does not outlive a call", "[eigen]") {
    Eigen::MatrixXf m(2, 2);
    const Eigen::MatrixXf& constant = m;
    STATIC_CHECK_FALSE(takes<decltype(m + m)>);
    STATIC_CHECK_FALSE(takes<decltype(m.array().exp())>);
    STATIC_CHECK_FALSE(takes<decltype((m + m).transpose())>);
    STATIC_CHECK_FALSE(takes<decltype((m + m).row(0))>);
    STATIC_CHECK_FALSE(takes<decltype(m.rowwise().reverse())>);
    STATIC_CHECK_FALSE(takes<decltype(Eigen::MatrixXf::Identity(2, 2))>);
    STATIC_CHECK_FALSE(takes<decltype(m.template triangularView<Eigen::Upper>())>);
    STATIC_CHECK_FALSE(takes<decltype(m.template selfadjointView<Eigen::Upper>())>);

    STATIC_CHECK(borrows<decltype(m.row(0))>);
    STATIC_CHECK(borrows<decltype(constant.row(0))>);
    STATIC_CHECK(borrows<decltype(m.block(0, 0, 1, 1))>);
    STATIC_CHECK(borrows<decltype(m.transpose())>);
    STATIC_CHECK(borrows<decltype(m.diagonal())>);
    STATIC_CHECK(borrows<Eigen::Map<Eigen::MatrixXf>>);
    STATIC_CHECK(borrows<Eigen::Map<const Eigen::Vector3f>>);
    STATIC_CHECK(borrows<Eigen::Map<Eigen::VectorXf, 0, Eigen::InnerStride<>>>);
    STATIC_CHECK_FALSE(borrows<Eigen::MatrixXf>);
    STATIC_CHECK_FALSE(borrows<Eigen::Vector3f>);
    STATIC_CHECK_FALSE(borrows<Eigen::Ref<const Eigen::MatrixXf>>);
    STATIC_CHECK_FALSE(borrows<Eigen::Ref<const Eigen::Matrix4f>>);
}

TEST_CASE("parts of a matrix are reduced on a stream", "[eigen]") {
    const summit::stream<summit::device::cpu> s;
    const Eigen::MatrixXf m = counting(3, 4);
    const auto y = logsumexp(m.row(2), 0, false, s);
    Eigen::VectorXf out(3);
    logsumexp_into(Eigen::Map<Eigen::VectorXf>(out.data(), 3), m, 1, false, s);
    s.synchronize();
    CHECK(y.item() == out(2));
}
