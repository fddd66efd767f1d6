# SPDX-License-Identifier: MIT
# cmake -Dnm=<nm> -Dname=<instruction set> -Dobjects=<object;…> -P symbols.cmake
# Every weak function in these objects has to name the instruction set that it is compiled for.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${nm} -C ${objects} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE ";" "," symbols "${symbols}")
string(REPLACE "[" "(" symbols "${symbols}")
string(REPLACE "]" ")" symbols "${symbols}")
string(REGEX MATCHALL " W [^\n]*" functions "${symbols}")
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
