# SPDX-License-Identifier: MIT
# cmake -Dnm=<nm> -Dname=<instruction set> -Dobjects=<object;…> -P symbols.cmake
# Every weak function in these objects has to name the instruction set that it is compiled for.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/../support/weak_functions.cmake)
weak_functions(functions ${nm} ${objects})
list(LENGTH functions count)
list(FILTER functions EXCLUDE REGEX "${name}|__clang_call_terminate")
if(functions)
    list(JOIN functions "\n" functions)
    message(FATAL_ERROR "compiled for ${name} under a name that does not say so:\n${functions}")
endif()
if(count LESS 100)
    message(FATAL_ERROR "${count} functions only: what this test looks for is wrong")
endif()
message(STATUS "${count} functions, all of them of ${name}")
