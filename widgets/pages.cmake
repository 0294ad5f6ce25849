# Parts, plots, dialogs and pages. tests/layers.cmake keeps QCustomPlot inside plots. One source a line.
set(TASKFOLD_WIDGET_SOURCES
    dialogs/aboutdialog.cpp
    dialogs/basedialog.cpp
    dialogs/exportdialog.cpp
    dialogs/importdialog.cpp
    dialogs/importdialogbuild.cpp
    dialogs/importfiles.cpp
    dialogs/importmapping.cpp
    dialogs/importdetected.cpp
    dialogs/importoptions.cpp
    dialogs/importresult.cpp
    dialogs/labeldialog.cpp
    dialogs/manualdialog.cpp
    dialogs/previewpane.cpp
    dialogs/predictionsdialog.cpp
    dialogs/projectdialog.cpp
    dialogs/settingsdialog.cpp
    dialogs/taskdialog.cpp
    pages/comparehead.cpp
    pages/compareorder.cpp
    pages/comparepage.cpp
    pages/comparepagebuild.cpp
    pages/compareplots.cpp
    pages/comparerows.cpp
    pages/compareruns.cpp
    pages/datapage.cpp
    pages/filterpage.cpp
    pages/planform.cpp
    pages/planpage.cpp
    pages/reportpage.cpp
    pages/rowspanel.cpp
    pages/runspage.cpp
    pages/taskpanel.cpp
    pages/volumepanel.cpp
    pages/welcomepage.cpp
    pages/whatifpanel.cpp
    parts/actioncard.cpp
    parts/activitycorner.cpp
    parts/activityrow.cpp
    parts/ask.cpp
    parts/datatable.cpp
    parts/drawing.cpp
    parts/emptystate.cpp
    parts/errorbanner.cpp
    parts/fieldtree.cpp
    parts/figureobject.cpp
    parts/logdrawer.cpp
    parts/mainmenus.cpp
    parts/mainwindow.cpp
    parts/mode.cpp
    parts/modebar.cpp
    parts/pagehead.cpp
    parts/pdf.cpp
    parts/pipeline.cpp
    parts/segments.cpp
    parts/systemscheme.cpp
    parts/text.cpp
    parts/theme.cpp
)
find_package(Qt6 6.4 REQUIRED COMPONENTS DBus)  # what the desktop prefers, light or dark
taskfold_layer(widgets MOC
    SOURCES ${TASKFOLD_WIDGET_SOURCES} ${TASKFOLD_PLOT_SOURCES} ${PROJECT_SOURCE_DIR}/resources/app.qrc
    USES taskfold::models Qt6::Widgets Qt6::PrintSupport Qt6::Svg
    PRIVATE_USES QCustomPlotQt6 Qt6::DBus)
set_target_properties(taskfold_widgets PROPERTIES AUTORCC ON)
