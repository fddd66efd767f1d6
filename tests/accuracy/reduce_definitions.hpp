// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Summit authors
#pragma once

#include <summit/logsumexp.hpp>

#include "accuracy/reduce.hpp"
#include "accuracy/types.hpp"

namespace accuracy {

template <class T>
summit::array<summit::result_t<T>> logsumexp(const summit::view<const T>& x, const summit::axes& which, bool keepdims) {
    return summit::logsumexp(x, which, keepdims);
}

template <class T>
void logsumexp_into(const summit::view<summit::result_t<T>>& out, const summit::view<const T>& x,
                    const summit::axes& which, bool keepdims) {
    summit::logsumexp_into(out, x, which, keepdims);
}

/// Naming a function's address instantiates it.
template <class List>
struct instantiations;

template <class... T>
struct instantiations<std::tuple<T...>> {
    static constexpr auto reduce = std::tuple{&logsumexp<T>...};
    static constexpr auto reduce_into = std::tuple{&logsumexp_into<T>...};
};

} // namespace accuracy
