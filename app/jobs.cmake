# Engine and database put to work, without Qt and without a program. One source a line.
set(TASKFOLD_JOB_SOURCES
    jobs/ablations.cpp
    jobs/ablationtable.cpp
    jobs/baselines.cpp
    jobs/basepreview.cpp
    jobs/bases.cpp
    jobs/budget.cpp
    jobs/caveats.cpp
    jobs/check.cpp
    jobs/comparing.cpp
    jobs/computemodule.cpp
    jobs/convertedbase.cpp
    jobs/demo.cpp
    jobs/deployed.cpp
    jobs/edits.cpp
    jobs/evaluation.cpp
    jobs/exporting.cpp
    jobs/exportscores.cpp
    jobs/filter.cpp
    jobs/importcorpus.cpp
    jobs/importdata.cpp
    jobs/importpreview.cpp
    jobs/importtask.cpp
    jobs/leakmasks.cpp
    jobs/ledger.cpp
    jobs/longestbatch.cpp
    jobs/mappingfile.cpp
    jobs/memory.cpp
    jobs/modelfiles.cpp
    jobs/modelparts.cpp
    jobs/overview.cpp
    jobs/pairing.cpp
    jobs/planfile.cpp
    jobs/planning.cpp
    jobs/planpreview.cpp
    jobs/pretrainrun.cpp
    jobs/processmark.cpp
    jobs/project.cpp
    jobs/reporting.cpp
    jobs/reportjson.cpp
    jobs/rowlog.cpp
    jobs/rowview.cpp
    jobs/rowsfolder.cpp
    jobs/serving.cpp
    jobs/runrecorder.cpp
    jobs/runtrainer.cpp
    jobs/taskdata.cpp
    jobs/together.cpp
    jobs/training.cpp
    jobs/trainrun.cpp
    jobs/volumes.cpp
)
taskfold_layer(jobs SOURCES ${TASKFOLD_JOB_SOURCES}
    USES taskfold::runner taskfold::db taskfold::data taskfold::format taskfold::report taskfold::stats taskfold::text
    PRIVATE_USES nlohmann_json::nlohmann_json ${CMAKE_DL_LIBS})
target_compile_definitions(taskfold_jobs PRIVATE TASKFOLD_VERSION="${PROJECT_VERSION}")
