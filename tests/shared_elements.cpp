// SPDX-License-Identifier: MIT
#include <summit/shared_elements.hpp>

#include <catch2/catch_test_macros.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

using shared = summit::shared_elements<int>;

namespace {

summit::storage<int> make_storage(int value) {
    auto elements = std::make_unique<int[]>(1);
    elements[0] = value;
    return summit::storage<int>(std::move(elements));
}

/// What `writer` comes after.
shared::completions set_writer(shared& uses, const std::shared_ptr<summit::completion>& writer) {
    shared::completions before;
    uses.set_writer(writer, before);
    return before;
}

std::exception_ptr error() { return std::make_exception_ptr(std::runtime_error("out of order")); }

} // namespace

TEST_CASE("shared elements stay as long as anyone has a share", "[stream]") {
    auto a = make_storage(1);
    const int* elements = a.elements();
    const auto share = shared::of(a);
    CHECK(a.uses() == share.get());
    CHECK(shared::of(a) == share);
    CHECK(share.use_count() == 2);

    SECTION("when the storage goes") {
        { const auto gone = std::move(a); }
        CHECK(share.use_count() == 1);
    }
    SECTION("when it is assigned to") {
        a = make_storage(2);
        CHECK(share.use_count() == 1);
        CHECK(a.uses() == nullptr);
    }
    SECTION("when it moves") {
        const auto b = std::move(a);
        CHECK(share.use_count() == 2);
    }
    CHECK(*elements == 1);
}

TEST_CASE("several threads may be the first to share", "[stream]") {
    for (int round = 0; round != 200; ++round) {
        const auto a = make_storage(round);
        std::vector<std::shared_ptr<shared>> shares(3);
        {
            std::vector<std::jthread> threads;
            for (auto& share : shares) threads.emplace_back([&] { share = shared::of(a); });
        }
        REQUIRE(shares[0] == shares[1]);
        REQUIRE(shares[1] == shares[2]);
        REQUIRE(shares[0].use_count() == 4);
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
    const auto writer = std::make_shared<summit::completion>();
    const auto reader = std::make_shared<summit::completion>();
    CHECK(set_writer(uses, writer).empty());
    CHECK(uses.add_reader(reader) == writer);
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
    const auto writer = std::make_shared<summit::completion>();
    const auto reader = std::make_shared<summit::completion>();
    const auto next = std::make_shared<summit::completion>();
    CHECK(set_writer(uses, writer).empty());
    static_cast<void>(uses.add_reader(reader));
    CHECK(set_writer(uses, next) == std::vector{reader, writer});
    CHECK(set_writer(uses, writer) == std::vector{next});
}

TEST_CASE("a writer comes after what was there before it, not after itself", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto earlier = std::make_shared<summit::completion>();
    const auto writer = std::make_shared<summit::completion>();
    static_cast<void>(uses.add_reader(writer));
    shared::completions before{earlier};
    uses.set_writer(writer, before);
    CHECK(before == std::vector{earlier});
    CHECK(uses.add_reader(writer) == writer);
    uses.set_writer(writer, before);
    CHECK(before == std::vector{earlier});
}

// A reader that is done shows by its going when the others are looked at, each of them.
TEST_CASE("many readers are not looked at for each one that is added", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    shared::completions waiting;
    int looks = 0;
    const auto add = [&](int waiting_at_once, int done_at_once) {
        for (int i = 0; i != waiting_at_once; ++i) {
            waiting.push_back(std::make_shared<summit::completion>());
            static_cast<void>(uses.add_reader(waiting.back()));
        }
        std::weak_ptr<summit::completion> last;
        for (int i = 0; i != done_at_once; ++i) {
            const auto done = std::make_shared<summit::completion>();
            done->finish();
            static_cast<void>(uses.add_reader(done));
            if (i != 0 && last.expired()) ++looks;
            last = done;
        }
    };
    add(1000, 16000);
    CHECK(looks >= 1);
    CHECK(looks <= 16);
    CHECK(set_writer(uses, std::make_shared<summit::completion>()).size() <= 3000);
}

TEST_CASE("readers that are done are forgotten", "[stream]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto done = std::make_shared<summit::completion>();
    done->finish();
    const auto reader = std::make_shared<summit::completion>();
    for (int i = 0; i != 1000; ++i) static_cast<void>(uses.add_reader(done));
    static_cast<void>(uses.add_reader(reader));
    // All but those of the last few for which there was room.
    const auto before = set_writer(uses, done);
    CHECK(before.size() <= 8);
    CHECK(before.back() == reader);
}

TEST_CASE("the writer's failure is the elements', a reader's is not", "[stream][error]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto failed = std::make_shared<summit::completion>();
    failed->finish(error());
    static_cast<void>(uses.add_reader(failed));
    uses.settle();

    static_cast<void>(set_writer(uses, failed));
    CHECK(uses.ready());
    CHECK_THROWS_AS(uses.wait_to_read(), std::runtime_error);
    uses.settle();
    CHECK_THROWS_AS(uses.wait_to_read(), std::runtime_error);

    const auto mended = std::make_shared<summit::completion>();
    mended->finish();
    static_cast<void>(set_writer(uses, mended));
    uses.wait_to_read();
}

TEST_CASE("elements that were overwritten are ready, whatever failed before", "[stream][error]") {
    const auto share = summit::shared_elements<int>::of(make_storage(0));
    auto& uses = *share;
    const auto failed = std::make_shared<summit::completion>();
    failed->finish(error());
    static_cast<void>(set_writer(uses, failed));
    uses.settle();
    uses.overwritten();
    CHECK(uses.ready());
    uses.wait_to_read();
    // Queued work does not hear of it either.
    CHECK(uses.add_reader(failed) == nullptr);
}
