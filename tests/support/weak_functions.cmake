# SPDX-License-Identifier: MIT
# weak_functions(<list> <nm> <object...>): the weak functions that the objects define, as nm prints them. In a list's items
# neither semicolons nor brackets may stand.
function(weak_functions list nm)
    execute_process(COMMAND ${nm} -C ${ARGN} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
    string(REPLACE ";" "," symbols "${symbols}")
    string(REPLACE "[" "(" symbols "${symbols}")
    string(REPLACE "]" ")" symbols "${symbols}")
    string(REGEX MATCHALL " W [^\n]*" functions "${symbols}")
    set(${list} "${functions}" PARENT_SCOPE)
endfunction()
