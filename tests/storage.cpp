// SPDX-License-Identifier: MIT
#include <summit/storage.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <utility>

namespace {

struct uses final : summit::element_uses {
    [[nodiscard]] bool ready() const noexcept override { return true; }
    void wait_to_read() const override {}
    void settle() noexcept override {}
    void overwritten() noexcept override {}
    [[nodiscard]] summit::queued_work* add_reader(summit::queued_work&) override { return nullptr; }
    void set_writer(summit::queued_work&, summit::work_list&) override {}
    void share() noexcept override {}
    void let_go() noexcept override { gone = true; }
    bool gone = false;
};

summit::storage<int> make_storage(int value) { return summit::storage<int>(new int[1]{value}); }

} // namespace

TEST_CASE("a storage that met no stream knows of no work, and frees its elements", "[stream]") {
    auto a = make_storage(1);
    CHECK(a.uses() == nullptr);
    auto b = std::move(a);
    CHECK(a.elements() == nullptr); // NOLINT(bugprone-use-after-move)
    CHECK(b.elements()[0] == 1);
    b = make_storage(2);
    CHECK(b.elements()[0] == 2);
    CHECK(b.uses() == nullptr);
}

TEST_CASE("elements that were handed over are let go, not freed", "[stream]") {
    uses others;
    uses too_late;
    auto a = make_storage(1);
    const std::unique_ptr<int[]> elements(a.elements());
    CHECK(a.hand_over(&others) == &others);
    CHECK(a.hand_over(&too_late) == &others);
    CHECK(a.uses() == &others);

    SECTION("when the storage goes") { const auto gone = std::move(a); }
    SECTION("when it is assigned to") {
        a = make_storage(2);
        CHECK(a.uses() == nullptr);
    }
    SECTION("when what it moved to is assigned to") {
        auto b = std::move(a);
        CHECK(a.uses() == nullptr); // NOLINT(bugprone-use-after-move)
        CHECK(b.uses() == &others);
        CHECK_FALSE(others.gone);
        b = make_storage(2);
    }
    CHECK(others.gone);
    CHECK_FALSE(too_late.gone);
}
