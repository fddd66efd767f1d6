# SPDX-License-Identifier: MIT
# cmake -Dnm=<nm> -Dplain=<object> -Dnative=<object> -P symbols.cmake
# A weak function that both objects define is linked once, in whichever version comes first. Such a function of ours must
# not hold vector code: where it computes (cpu, math, op), its name has to name the xsimd architecture.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/../support/weak_functions.cmake)
weak_functions(plain_weak ${nm} ${plain})
weak_functions(native_weak ${nm} ${native})

set(ours 0)
set(shared "")
foreach(symbol IN LISTS native_weak)
    if(NOT symbol MATCHES "summit::version[0-9]+::(cpu|math|op)::")
        continue()
    endif()
    math(EXPR ours "${ours} + 1")
    if(NOT symbol MATCHES "xsimd::" AND symbol IN_LIST plain_weak)
        list(APPEND shared "${symbol}")
    endif()
endforeach()
if(shared)
    list(JOIN shared "\n" shared)
    message(FATAL_ERROR "compiled for two instruction sets under one name:\n${shared}")
endif()
if(ours EQUAL 0)
    message(FATAL_ERROR "none of our functions found: the names this test looks for are wrong")
endif()
message(STATUS "${ours} weak functions of ours, none shared between instruction sets")
