# SPDX-License-Identifier: MIT
# cmake -Dflags=<flags> -D… -P flags.cmake: configures Summit for a project with these CMAKE_CXX_FLAGS and compares what the
# compiler says that each object of summit::compiled is compiled for.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${scratch})
file(MAKE_DIRECTORY ${scratch})
list(JOIN prefix_path : search_path)
set(ENV{CMAKE_PREFIX_PATH} "${search_path}:$ENV{CMAKE_PREFIX_PATH}")
if(fetched_from)
    set(fetched_xsimd -DFETCHCONTENT_SOURCE_DIR_XSIMD=${fetched_from})
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${source} -B ${scratch}/build -G ${generator}
    -DCMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}" -DSUMMIT_BUILD_COMPILED=ON
    -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${fetched_xsimd}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
    if(output MATCHES "is not able to compile") # an older compiler has not all of these flags
        message(STATUS "this compiler has no ${flags}")
        return()
    endif()
    message(FATAL_ERROR "${output}")
endif()

set(sse2 "__SSE2__")
set(avx2 "__AVX2__;__AVX__;__FMA__;__POPCNT__;__SSE2__;__SSE3__;__SSE4_1__;__SSE4_2__;__SSSE3__")
set(avx512 "__AVX2__;__AVX512BW__;__AVX512CD__;__AVX512DQ__;__AVX512F__;__AVX512VL__;__AVX__;__BMI2__;__BMI__;__F16C__;__FMA__;__LZCNT__;__MOVBE__;__POPCNT__;__SSE2__;__SSE3__;__SSE4_1__;__SSE4_2__;__SSSE3__")
set(dispatch ${sse2})

file(WRITE ${scratch}/empty.cpp "")
file(READ ${scratch}/build/compile_commands.json commands)
string(JSON last LENGTH "${commands}")
math(EXPR last "${last} - 1")
set(seen "")
foreach(i RANGE ${last})
    string(JSON command GET "${commands}" ${i} command)
    if(NOT command MATCHES "/real\\.cpp$")
        continue()
    endif()
    string(REGEX MATCH "summit_(kernels_)?([a-z0-9]+)\\.dir" name "${command}")
    set(name ${CMAKE_MATCH_2})
    list(APPEND seen ${name})
    string(REGEX REPLACE " -o .*" " -dM -E ${scratch}/empty.cpp" command "${command}")
    separate_arguments(command UNIX_COMMAND "${command}")
    execute_process(COMMAND ${command} OUTPUT_VARIABLE macros COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "__(SSE[0-9_]+|SSSE3|SSE4A|AVX[A-Z0-9_]*|FMA4?|F16C|XOP|BMI2?|LZCNT|POPCNT|MOVBE|GFNI)__ 1"
        macros "${macros}")
    list(TRANSFORM macros REPLACE " 1$" "")
    list(SORT macros)
    list(REMOVE_DUPLICATES macros)
    if(NOT macros STREQUAL "${${name}}")
        message(FATAL_ERROR "with ${flags}, ${name} is compiled for\n  ${macros}\nin place of\n  ${${name}}")
    endif()
endforeach()
list(SORT seen)
if(NOT seen STREQUAL "avx2;avx512;dispatch;sse2")
    message(FATAL_ERROR "objects for ${seen}: what this test looks for is wrong")
endif()
