# The programs as their users start them.
taskfold_program_test(importkill taskfold-cli taskfold::jobs)
taskfold_program_test(commandline taskfold-cli taskfold::jobs)
add_dependencies(tst_commandline taskfold-compute)
taskfold_program_test(comparecommand taskfold-cli taskfold::jobs SQLiteCpp)
add_dependencies(tst_comparecommand taskfold-compute taskfold)
taskfold_program_test(modelcommands taskfold-cli)
add_dependencies(tst_modelcommands taskfold-compute)
taskfold_program_test(tokenizecommand taskfold-cli)
taskfold_program_test(benchtrain taskfold-cli taskfold::jobs)
add_dependencies(tst_benchtrain taskfold-compute)
taskfold_program_test(demo taskfold-cli)
add_dependencies(tst_demo taskfold-compute taskfold)

# The command line knows no Qt, and neither program brings libtorch along before it computes.
add_test(NAME commandline_links
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:taskfold-cli> -D "FORBIDDEN=libQt|libtorch|libc10|libqcustomplot"
        -P ${CMAKE_CURRENT_SOURCE_DIR}/links.cmake)
add_test(NAME window_links
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:taskfold> -D "FORBIDDEN=libtorch|libc10"
        -P ${CMAKE_CURRENT_SOURCE_DIR}/links.cmake)
taskfold_program_test(killing taskfold-cli taskfold::jobs)
add_dependencies(tst_killing taskfold-compute)
set_property(TEST killing APPEND PROPERTY ENVIRONMENT "QTEST_FUNCTION_TIMEOUT=7200000")
# Disks that fail: a library that is loaded before the program's own calls.
add_library(faultyfiles SHARED support/faultyfiles.cpp)
target_link_libraries(faultyfiles PRIVATE ${CMAKE_DL_LIBS})
taskfold_program_test(trainfaults taskfold-cli taskfold::jobs)
target_compile_definitions(tst_trainfaults PRIVATE FAULTY_FILES="$<TARGET_FILE:faultyfiles>")
add_dependencies(tst_trainfaults taskfold-compute faultyfiles)
