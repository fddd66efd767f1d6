#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Summit authors
#
# Runs the Sollya scripts beside this file and looks for every constant they print in the header of the same name.
# 0: all there; 1: one is missing; 77: no Sollya, nothing was checked.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
headers=$here/../../include/summit/math

if ! command -v sollya > /dev/null; then
    echo "SKIPPED: sollya is not installed, so the coefficients were not reproduced" >&2
    exit 77
fi

status=0
for function in coarse_exp exp exp_parts fixed_point_sum log sincos split_exp split_log tabulated_exp tabulated_log; do
    printed=$(sollya "$here/$function.sollya" < /dev/null) || { echo "$function.sollya failed" >&2; exit 1; }
    count=0
    while read -r type rest; do
        case $type in '' | //) continue ;; esac
        constant=${rest##* }
        constant=${constant:-$type}
        [ "$type" = float ] && constant=${constant}f
        count=$((count + 1))
        if ! grep -qE -e "(^|[^-0-9a-zA-Z.])$constant([^0-9a-zA-Z.]|\$)" "$headers/$function.hpp"; then
            echo "$function.hpp: no $type $rest" >&2
            status=1
        fi
    done <<END
$printed
END
    echo "$function.hpp: $count constants"
    [ "$count" -ge 7 ] || { echo "$function.sollya printed too few" >&2; status=1; }
done
exit $status
