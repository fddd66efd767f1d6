// SPDX-License-Identifier: MIT
#pragma once

namespace summit::inline version0::op {

// The ops by name alone, for those who ask for no more. Visible from the first time that they are named: since g++ 14 a kernel
// is hidden where its op is, and a shared library would not export it.

template <class T>
struct [[gnu::visibility("default")]] log_sum_exp;

} // namespace summit::inline version0::op
