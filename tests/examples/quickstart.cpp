// SPDX-License-Identifier: MIT
#include "command.hpp"

#include <catch2/catch_test_macros.hpp>

// The README quotes this output.
TEST_CASE("quickstart prints what the README shows", "[examples]") {
    const outcome ran = run("quickstart", {});
    CHECK(ran.status == 0);
    CHECK(ran.output == "all axes       shape ()  1002.41\n"
                        "axis 1         shape (2,)  1002.41 -999.592\n"
                        "axis 0, kept   shape (1, 3)  1000 1001 1002\n"
                        "transposed     shape (2,)  1002.41 -999.592\n"
                        "every second   shape (2,)  1002.13 -999.873\n"
                        "a vector       shape ()  4.24835e-18\n");
}
