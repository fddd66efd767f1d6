// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

namespace bench {

/// What the elements of a problem hold.
enum class kind {
    friendly,
    above_300,
    below_300,
    above_1000,
    below_1000,
    above_1e5,
    below_1e5,
    normal,
    half,
    tenth,
    nan,
    causal,
    tiny,
    hidden,
    ascending,
    normalised,
    exact,
};

struct kind_description {
    kind which;
    const char* name; // one word, for the command line and for the heads of columns
    const char* description;
};

inline constexpr std::array kinds{
    kind_description{kind::friendly, "friendly", "uniform in [-10, 10)"},
    kind_description{kind::above_300, "+300", "friendly + 300"},
    kind_description{kind::below_300, "-300", "friendly - 300"},
    kind_description{kind::above_1000, "+1000", "friendly + 1000"},
    kind_description{kind::below_1000, "-1000", "friendly - 1000"},
    kind_description{kind::above_1e5, "+1e5", "friendly + 100000; float16: + 30000"},
    kind_description{kind::below_1e5, "-1e5", "friendly - 100000; float16: - 30000"},
    kind_description{kind::normal, "normal", "of the normal distribution with mean 0 and deviation 30"},
    kind_description{kind::half, "half", "friendly, but a random half of all is -inf"},
    kind_description{kind::tenth, "tenth", "friendly, but all terms of every tenth result are -inf"},
    kind_description{kind::nan, "nan", "friendly, but one term of every hundredth result is NaN"},
    kind_description{kind::causal, "causal", "friendly first terms, more with each result, then -inf to the end"},
    kind_description{kind::tiny, "tiny", "friendly * 1e-30; float16: * 6e-8"},
    kind_description{kind::hidden, "hidden", "friendly, but one term of each result is 5000 above"},
    kind_description{kind::ascending, "ascending", "each result's terms climb from -1000 to 1000"},
    kind_description{kind::normalised, "normalised",
                     "log-probabilities as log-softmax leaves them: its logarithm, too, rounded"},
    kind_description{kind::exact, "exact", "log-probabilities, rounded once"},
};

[[nodiscard]] constexpr const kind_description& describe(kind which) { return kinds[static_cast<std::size_t>(which)]; }

static_assert(
    [] {
        for (std::size_t i = 0; i != kinds.size(); ++i)
            if (kinds[i].which != static_cast<kind>(i)) return false;
        return true;
    }(),
    "kinds are listed in the order of their enumerators");

} // namespace bench
