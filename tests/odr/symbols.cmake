# SPDX-License-Identifier: MIT
# cmake -Dnm=<nm> -Dplain=<object> -Dother=<object> -P symbols.cmake
# A weak function that both objects define is linked once, in whichever version comes first. No function of ours may be
# among these, nor one of the standard library's over a type of ours: our names say the instruction set, in an inline
# namespace isa_… or as xsimd's architecture. What the standard library has over its own and built-in types, std::string
# above all, every program has once.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/../support/weak_functions.cmake)
weak_functions(plain_weak ${nm} ${plain})
weak_functions(other_weak ${nm} ${other})

# Only where nothing is optimised, over numbers that are ours: these return their argument, an address or a size.
set(exempt "^ W std::(array|__array_traits|initializer_list)<summit::version[0-9]+::b?float16")

set(ours 0)
set(shared "")
foreach(symbol IN LISTS other_weak)
    if(NOT symbol MATCHES "summit::")
        continue()
    endif()
    math(EXPR ours "${ours} + 1")
    if(symbol IN_LIST plain_weak AND NOT symbol MATCHES "${exempt}")
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
