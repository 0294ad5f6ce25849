# The command line. One source a line.
set(TASKFOLD_CLI_SOURCES
    cli/ablationcommands.cpp
    cli/basecommands.cpp
    cli/benchadapters.cpp
    cli/benchcommands.cpp
    cli/benchevaluate.cpp
    cli/benchbrowse.cpp
    cli/benchimport.cpp
    cli/benchrows.cpp
    cli/benchscale.cpp
    cli/benchcompare.cpp
    cli/benchtokenize.cpp
    cli/benchtrain.cpp
    cli/command.cpp
    cli/comparetext.cpp
    cli/console.cpp
    cli/datacommands.cpp
    cli/exportcommand.cpp
    cli/filtercommands.cpp
    cli/importcommand.cpp
    cli/interrupt.cpp
    cli/main.cpp
    cli/planoptions.cpp
    cli/resultcommands.cpp
    cli/rowcommands.cpp
    cli/taskcommands.cpp
    cli/traincommands.cpp
)
taskfold_program(taskfold-cli SOURCES ${TASKFOLD_CLI_SOURCES}
    USES taskfold::jobs CLI11::CLI11 nlohmann_json::nlohmann_json)
target_compile_definitions(taskfold-cli PRIVATE TASKFOLD_VERSION="${PROJECT_VERSION}")
