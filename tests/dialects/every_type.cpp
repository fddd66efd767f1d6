// SPDX-License-Identifier: MIT
// Every kernel that is included, instantiated: for the compiler's errors and warnings alone.
#include <summit/summit.hpp>

#include <complex>
#include <cstdint>
#include <vector>

namespace {

template <class... T>
void reduce_all() {
    const auto reduce = []<class Element>(Element) {
        const std::vector<Element> elements(24);
        const summit::view<const Element> a(elements.data(), {2, 3, 4});
        auto along = summit::logsumexp(a, {0, 2}, true);
        summit::logsumexp_into(along, a, {0, 2}, true);
        const summit::stream<summit::device::cpu> stream;
        return summit::logsumexp(a, summit::all_axes, false, stream).item();
    };
    (static_cast<void>(reduce(T{})), ...);
}

} // namespace

int main() {
    reduce_all<float, double, summit::float16, summit::bfloat16, std::complex<float>, std::complex<double>>();
    reduce_all<std::int8_t, std::int16_t, std::int32_t, std::int64_t>();
    reduce_all<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>();
}
