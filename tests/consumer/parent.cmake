# SPDX-License-Identifier: MIT
# cmake -Dbrings=xsimd|old_xsimd|xtl -D… -P parent.cmake: configures a project that has such a target of its own.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${scratch})
file(MAKE_DIRECTORY ${scratch}/include)
list(JOIN prefix_path : search_path)
set(ENV{CMAKE_PREFIX_PATH} "${search_path}:$ENV{CMAKE_PREFIX_PATH}")
if(fetched_from)
    set(fetched_xsimd -DFETCHCONTENT_SOURCE_DIR_XSIMD=${fetched_from})
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/parent -B ${scratch}/build -G ${generator}
    -Dbrings=${brings} -Dsummit_source=${source} -Dxsimd_include=${scratch}/include -DCMAKE_CXX_COMPILER=${compiler}
    ${fetched_xsimd} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(brings STREQUAL "old_xsimd")
    if(result EQUAL 0 OR NOT output MATCHES "summit needs xsimd 13 or newer, and this project's is 12.1.1")
        message(FATAL_ERROR "an xsimd too old is taken, or refused in other words:\n${output}")
    endif()
    return()
endif()
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${output}")
endif()
file(READ ${scratch}/build/folders.txt folders)
if(brings STREQUAL "xsimd" AND NOT folders MATCHES "${scratch}/include")
    message(FATAL_ERROR "the project's own xsimd is not used: ${folders}")
endif()
