# Tables as models: they need Qt Gui, not Widgets. One source a line.
set(TASKFOLD_MODEL_SOURCES
    models/activitymodel.cpp
    models/comparemodels.cpp
    models/issuemodel.cpp
    models/logmodel.cpp
    models/pagedmodelbase.cpp
    models/previewmodel.cpp
    models/resultmodels.cpp
    models/rowsmodel.cpp
    models/sortfilter.cpp
    models/tabletext.cpp
    models/taskmodel.cpp
    models/text.cpp
    models/titles.cpp
    models/volumemodel.cpp
    models/worddiff.cpp
)
taskfold_layer(models MOC
    SOURCES ${TASKFOLD_MODEL_SOURCES}
    USES taskfold::core Qt6::Gui)
