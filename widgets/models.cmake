# Tables as models: they need Qt Gui, not Widgets. One source a line.
set(TASKFOLD_MODEL_SOURCES
    models/activitymodel.cpp
    models/logmodel.cpp
    models/sortfilter.cpp
    models/tabletext.cpp
    models/text.cpp
    models/titles.cpp
)
taskfold_layer(models MOC
    SOURCES ${TASKFOLD_MODEL_SOURCES}
    USES taskfold::core Qt6::Gui)
