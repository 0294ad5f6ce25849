# Pages with their controllers, the real jobs and a project whose answers the test gave.
if(TARGET taskfold::gui)
    taskfold_test(comparepage taskfold::gui SQLiteCpp)
    taskfold_test(reportpage taskfold::gui SQLiteCpp)
    taskfold_test(reportpdf taskfold::gui)
    taskfold_test(comparescale taskfold::gui SQLiteCpp)
endif()
