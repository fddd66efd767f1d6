# SPDX-License-Identifier: MIT
# cmake -Dcompile=<command> -Dcase=<file> -P expect_error.cmake
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${case} expected_lines REGEX "^// expected: ")
execute_process(COMMAND ${compile} ${case} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)

if(NOT expected_lines)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "the control does not compile:\n${output}")
    endif()
    return()
endif()

if(result EQUAL 0)
    message(FATAL_ERROR "it compiles, and must not")
endif()
foreach(line IN LISTS expected_lines)
    string(REPLACE "// expected: " "" expected "${line}")
    string(FIND "${output}" "${expected}" position)
    if(position EQUAL -1)
        message(FATAL_ERROR "the compiler does not say “${expected}”, but:\n${output}")
    endif()
endforeach()
# One error, or the reader has to guess which of them is the reason.
string(REGEX MATCHALL "error: " errors "${output}")
list(LENGTH errors count)
if(NOT count EQUAL 1)
    message(FATAL_ERROR "${count} errors where one would do:\n${output}")
endif()
