# The window: joins pages, background work and database. One source a line.
if(NOT TARGET taskfold::jobs)
    return()  # until app/jobs.cmake has it
endif()
set(TASKFOLD_GUI_SOURCES
    gui/application.cpp
    gui/background.cpp
    gui/basecontroller.cpp
    gui/batch.cpp
    gui/comparecontroller.cpp
    gui/datacontroller.cpp
    gui/datajobs.cpp
    gui/enginebridge.cpp
    gui/filtercontroller.cpp
    gui/importcontroller.cpp
    gui/importforms.cpp
    gui/mappingjobs.cpp
    gui/openedproject.cpp
    gui/plancontroller.cpp
    gui/reportcontroller.cpp
    gui/reportfigures.cpp
    gui/runscontroller.cpp
    gui/session.cpp
    gui/settings.cpp
    gui/welcomecontroller.cpp
)
taskfold_layer(gui MOC SOURCES ${TASKFOLD_GUI_SOURCES} USES taskfold::jobs taskfold::widgets taskfold::report Qt6::Core)
taskfold_program(taskfold SOURCES gui/main.cpp USES taskfold::gui)
target_compile_definitions(taskfold PRIVATE TASKFOLD_VERSION="${PROJECT_VERSION}")
