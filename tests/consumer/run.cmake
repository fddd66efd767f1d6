# SPDX-License-Identifier: MIT
# cmake -Dway=package|subdirectory|fetch_content|pkg_config -D… -P run.cmake: builds and runs this folder's project.
cmake_minimum_required(VERSION 3.25)

set(consumer ${scratch}/build)
set(prefix ${scratch}/moved)
file(REMOVE_RECURSE ${scratch})

macro(run)
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
endmacro()

if(way MATCHES "^(package|pkg_config)$")
    # Moved after its install: a path of this machine left in the package would break it.
    run(${CMAKE_COMMAND} --install ${build} --config "${config}" --prefix ${scratch}/installed)
    file(RENAME ${scratch}/installed ${prefix})
endif()

if(way STREQUAL "pkg_config")
    file(MAKE_DIRECTORY ${consumer})
    # xsimd may lie in a private prefix, or beside Summit where it was fetched.
    set(folders ${prefix}/share/pkgconfig)
    foreach(place IN LISTS prefix prefix_path)
        file(GLOB_RECURSE files ${place}/*/xsimd.pc)
        foreach(file IN LISTS files)
            cmake_path(GET file PARENT_PATH folder)
            list(APPEND folders ${folder})
        endforeach()
    endforeach()
    list(JOIN folders : folders)
    set(ENV{PKG_CONFIG_PATH} "${folders}:$ENV{PKG_CONFIG_PATH}")
    execute_process(COMMAND ${pkg_config} --cflags summit OUTPUT_VARIABLE cflags OUTPUT_STRIP_TRAILING_WHITESPACE
        COMMAND_ERROR_IS_FATAL ANY)
    separate_arguments(cflags UNIX_COMMAND "${cflags}")
    separate_arguments(flags UNIX_COMMAND "${flags}")
    run(${compiler} -std=c++20 ${flags} ${cflags} ${CMAKE_CURRENT_LIST_DIR}/main.cpp -o ${consumer}/consumer)
    run(${consumer}/consumer)
    return()
endif()

if(fetched_from AND way MATCHES "subdirectory|fetch_content") # fetched once is enough
    set(fetched_xsimd -DFETCHCONTENT_SOURCE_DIR_XSIMD=${fetched_from})
endif()
string(REPLACE ";" "\\;" search_path "${prefix};${prefix_path}")
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${consumer} -G ${generator}
    -Dway=${way} -Dsummit_source=${source} -Dcompiled=${compiled}
    -DCMAKE_BUILD_TYPE=${config} -DCMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}"
    "-DCMAKE_PREFIX_PATH=${search_path}" ${fetched_xsimd})
run(${CMAKE_COMMAND} --build ${consumer} --config "${config}")
find_program(program consumer PATHS ${consumer} ${consumer}/${config} NO_DEFAULT_PATH REQUIRED)
run(${program})
if(compiled AND way STREQUAL "package")
    find_program(linked linked PATHS ${consumer} ${consumer}/${config} NO_DEFAULT_PATH REQUIRED)
    run(${linked})
endif()
