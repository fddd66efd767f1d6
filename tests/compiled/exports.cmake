# SPDX-License-Identifier: MIT
# cmake -Dnm=<nm> -Dlibrary=<shared library> -Dsoname=<name> -P exports.cmake
# What the shared library exports is what summit::compiled's headers call and two variables that it shares with programs; its
# name says which interface it has.
cmake_minimum_required(VERSION 3.25)

if(NOT soname MATCHES "\\.so\\.[0-9]+(\\.[0-9]+)?$")
    message(FATAL_ERROR "no version of the interface in its name: ${soname}")
endif()
execute_process(COMMAND ${nm} -D -C --defined-only ${library} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "[][;]" "" symbols "${symbols}")
string(REGEX MATCHALL "[^\n]+" symbols "${symbols}")
list(LENGTH symbols count)
set(variables "summit::version[0-9]+::(thread_limit|cpu::team_is_gone)$")
list(FILTER symbols EXCLUDE REGEX "${variables}")
set(ours "cpu::(dispatched::name\\(\\)|kernels<summit::version[0-9]+::cpu::dispatched>::run<[^\n]*\\))$")
list(FILTER symbols EXCLUDE REGEX "${ours}")
if(symbols)
    list(LENGTH symbols others)
    list(JOIN symbols "\n" symbols)
    message(FATAL_ERROR "${others} of ${count} exported symbols are nobody's business:\n${symbols}")
endif()
if(count LESS 18)
    message(FATAL_ERROR "${count} exported symbols only: a type of element has none")
endif()
message(STATUS "${count} exported symbols")
