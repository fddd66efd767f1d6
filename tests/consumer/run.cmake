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
    # Wherever the installed files lie. xsimd may be in a private prefix, or beside Summit where it was fetched.
    set(folders "")
    foreach(place IN LISTS prefix prefix_path)
        file(GLOB_RECURSE files ${place}/*.pc)
        foreach(file IN LISTS files)
            cmake_path(GET file PARENT_PATH folder)
            list(APPEND folders ${folder})
        endforeach()
    endforeach()
    list(REMOVE_DUPLICATES folders)
    list(JOIN folders : folders)
    set(ENV{PKG_CONFIG_PATH} "${folders}:$ENV{PKG_CONFIG_PATH}")
    set(packages summit)
    if(openmp)
        list(APPEND packages summit-openmp)
    endif()
    if(compiled)
        list(APPEND packages summit-compiled)
    endif()
    separate_arguments(flags UNIX_COMMAND "${flags}")
    foreach(package IN LISTS packages)
        foreach(kind cflags libs)
            execute_process(COMMAND ${pkg_config} --${kind} ${package} OUTPUT_VARIABLE ${kind}
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
            separate_arguments(${kind} UNIX_COMMAND "${${kind}}")
        endforeach()
        if(package STREQUAL "summit-openmp" AND NOT cflags MATCHES "-fopenmp")
            message(FATAL_ERROR "summit-openmp does not compile with OpenMP: ${cflags}")
        endif()
        set(rpath ${libs}) # for a shared library
        list(FILTER rpath INCLUDE REGEX "^-L")
        list(TRANSFORM rpath REPLACE "^-L" "-Wl,-rpath,")
        run(${compiler} -std=c++20 ${flags} ${cflags} ${CMAKE_CURRENT_LIST_DIR}/main.cpp -o ${consumer}/${package}
            ${libs} ${rpath})
        run(${consumer}/${package})
    endforeach()
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
