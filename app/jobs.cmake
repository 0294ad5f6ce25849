# Engine and database put to work, without Qt and without a program. One source a line.
set(TASKFOLD_JOB_SOURCES
    jobs/project.cpp
)
taskfold_layer(jobs SOURCES ${TASKFOLD_JOB_SOURCES} USES taskfold::runner taskfold::db)
