# SPDX-License-Identifier: MIT
# cmake -Dcompile=<command> -Dsource=<file> -Dprogram=<file> -P compile_and_run.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${compile} ${source} -o ${program} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${program} COMMAND_ERROR_IS_FATAL ANY)
