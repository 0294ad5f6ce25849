# Arrow C++ out of the pyarrow wheel: headers and libraries, no Python. Gives Arrow::arrow and Arrow::parquet.
find_path(TASKFOLD_ARROW_INCLUDE arrow/api.h PATHS ${TASKFOLD_ARROW}/include NO_DEFAULT_PATH)
file(GLOB TASKFOLD_ARROW_LIBRARY ${TASKFOLD_ARROW}/libarrow.so.*)
file(GLOB TASKFOLD_PARQUET_LIBRARY ${TASKFOLD_ARROW}/libparquet.so.*)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(TaskfoldArrow
    REQUIRED_VARS TASKFOLD_ARROW_INCLUDE TASKFOLD_ARROW_LIBRARY TASKFOLD_PARQUET_LIBRARY
    REASON_FAILURE_MESSAGE "run packaging/setup.sh, which fetches it")
if(TaskfoldArrow_FOUND AND NOT TARGET Arrow::arrow)
    add_library(Arrow::arrow SHARED IMPORTED)
    set_target_properties(Arrow::arrow PROPERTIES IMPORTED_LOCATION ${TASKFOLD_ARROW_LIBRARY})
    target_include_directories(Arrow::arrow SYSTEM INTERFACE ${TASKFOLD_ARROW_INCLUDE})
    add_library(Arrow::parquet SHARED IMPORTED)
    set_target_properties(Arrow::parquet PROPERTIES IMPORTED_LOCATION ${TASKFOLD_PARQUET_LIBRARY}
        INTERFACE_LINK_LIBRARIES Arrow::arrow)
endif()
