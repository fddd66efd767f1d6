// SPDX-License-Identifier: MIT
#include <summit/shared_elements.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using summit::completion;
using summit::element_uses;
using summit::queued_work;
using summit::shared_handle;

namespace {

/// An element that tells how many there are.
struct counted {
    counted() { ++alive; }
    ~counted() { --alive; }
    inline static std::atomic<int> alive = 0;
};

summit::storage<counted> make_counted() { return summit::storage<counted>(new counted[1]); }
summit::storage<int> make_storage(int value) { return summit::storage<int>(new int[1]{value}); }

shared_handle<completion> make_work() { return shared_handle<completion>(new completion); }

/// What work comes after.
struct earlier_work final : summit::work_list {
    void make_room(std::size_t count) override { list.reserve(list.size() + count); }
    void add(queued_work* work) noexcept override {
        list.push_back(work);
        work->let_go(); // there are others' shares
    }
    std::vector<const queued_work*> list;
};

using works = std::vector<const queued_work*>;

/// What `writer` comes after.
works set_writer(element_uses& uses, const shared_handle<completion>& writer) {
    earlier_work before;
    uses.set_writer(*writer, before);
    return before.list;
}

/// What `reader` comes after.
const queued_work* add_reader(element_uses& uses, const shared_handle<completion>& reader) {
    return shared_handle<queued_work>(uses.add_reader(*reader)).get();
}

std::exception_ptr error() { return std::make_exception_ptr(std::runtime_error("out of order")); }

} // namespace

TEST_CASE("shared elements stay as long as anyone has a share", "[stream]") {
    {
        auto a = make_counted();
        const auto share = summit::shared_elements<counted>::of(a);
        CHECK(a.uses() == share.get());
        CHECK(summit::shared_elements<counted>::of(a).get() == share.get());
        CHECK(counted::alive == 1);

        SECTION("when the storage goes") { const auto gone = std::move(a); }
        SECTION("when it is assigned to") {
            a = make_counted();
            CHECK(counted::alive == 2);
            CHECK(a.uses() == nullptr);
        }
        SECTION("when it moves") { const auto b = std::move(a); }
        CHECK(counted::alive >= 1);
    }
    CHECK(counted::alive == 0);
}

TEST_CASE("the storage's share is enough", "[stream]") {
    {
        const auto a = make_counted();
        static_cast<void>(summit::shared_elements<counted>::of(a));
        CHECK(counted::alive == 1);
    }
    CHECK(counted::alive == 0);
}

TEST_CASE("several threads may be the first to share", "[stream]") {
    for (int round = 0; round != 200; ++round) {
        std::vector<shared_handle<element_uses>> shares(3);
        {
            const auto a = make_counted();
            std::vector<std::jthread> threads;
            for (auto& share : shares) threads.emplace_back([&] { share = summit::shared_elements<counted>::of(a); });
        }
        REQUIRE(shares[0].get() == shares[1].get());
        REQUIRE(shares[1].get() == shares[2].get());
        REQUIRE(counted::alive == 1);
        shares.clear();
        REQUIRE(counted::alive == 0);
    }
}

TEST_CASE("elements that nobody was to write are ready", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    CHECK(uses.ready());
    uses.wait_to_read();
    uses.settle();
}

TEST_CASE("reading waits for the writer, writing for the readers too", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto writer = make_work();
    const auto reader = make_work();
    CHECK(set_writer(uses, writer).empty());
    CHECK(add_reader(uses, reader) == writer.get());
    CHECK_FALSE(uses.ready());

    writer->finish();
    CHECK(uses.ready());
    uses.wait_to_read();

    bool read = false;
    const std::jthread reading([&] {
        read = true;
        reader->finish();
    });
    uses.settle();
    CHECK(read);
}

TEST_CASE("a new writer comes after the former and after all readers", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto writer = make_work();
    const auto reader = make_work();
    const auto next = make_work();
    CHECK(set_writer(uses, writer).empty());
    static_cast<void>(add_reader(uses, reader));
    CHECK(set_writer(uses, next) == works{reader.get(), writer.get()});
    CHECK(set_writer(uses, writer) == works{next.get()});
}

TEST_CASE("a writer comes after what was there before it, not after itself", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto earlier = make_work();
    const auto writer = make_work();
    static_cast<void>(add_reader(uses, writer));
    earlier_work before;
    before.list = {earlier.get()};
    uses.set_writer(*writer, before);
    CHECK(before.list == works{earlier.get()});
    CHECK(add_reader(uses, writer) == writer.get());
    uses.set_writer(*writer, before);
    CHECK(before.list == works{earlier.get()});
}

TEST_CASE("many readers are not looked at for each one that is added", "[stream]") {
    struct reader final : queued_work {
        explicit reader(bool done) : is_done(done) {}
        [[nodiscard]] bool ready() const noexcept override {
            ++looks;
            return is_done;
        }
        [[nodiscard]] std::exception_ptr settle() const noexcept override { return nullptr; }
        void share() noexcept override {}
        void let_go() noexcept override {}
        bool is_done;
        mutable int looks = 0;
    };
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    reader waiting(false);
    reader done(true);
    for (int i = 0; i != 1000; ++i) static_cast<void>(share->add_reader(waiting));
    for (int i = 0; i != 16000; ++i) static_cast<void>(share->add_reader(done));
    CHECK(waiting.looks <= 20000);
    CHECK(done.looks <= 16000);
    CHECK(set_writer(*share, make_work()).size() <= 3000);
}

TEST_CASE("readers that are done are forgotten", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto done = make_work();
    done->finish();
    const auto reader = make_work();
    for (int i = 0; i != 1000; ++i) static_cast<void>(add_reader(uses, done));
    static_cast<void>(add_reader(uses, reader));
    // All but those of the last few for which there was room.
    const auto before = set_writer(uses, done);
    CHECK(before.size() <= 8);
    CHECK(before.back() == reader.get());
}

TEST_CASE("the writer's failure is the elements', a reader's is not", "[stream][error]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto failed = make_work();
    failed->finish(error());
    static_cast<void>(add_reader(uses, failed));
    uses.settle();

    static_cast<void>(set_writer(uses, failed));
    CHECK(uses.ready());
    CHECK_THROWS_AS(uses.wait_to_read(), std::runtime_error);
    uses.settle();
    CHECK_THROWS_AS(uses.wait_to_read(), std::runtime_error);

    const auto mended = make_work();
    mended->finish();
    static_cast<void>(set_writer(uses, mended));
    uses.wait_to_read();
}

TEST_CASE("elements that were overwritten are ready, whatever failed before", "[stream][error]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto failed = make_work();
    failed->finish(error());
    static_cast<void>(set_writer(uses, failed));
    uses.settle();
    uses.overwritten();
    CHECK(uses.ready());
    uses.wait_to_read();
    // Queued work does not hear of it either.
    CHECK(add_reader(uses, failed) == nullptr);
}
