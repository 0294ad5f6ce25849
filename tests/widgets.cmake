# Parts, the Welcome and Data pages, their models, plots and dialogs.
taskfold_test(datapage taskfold::widgets)
taskfold_test(mainwindow taskfold::widgets)
taskfold_test(importdialog taskfold::widgets)
taskfold_test(widgetmodels taskfold::models)
taskfold_test(plots taskfold::widgets)
if(TARGET taskfold::gui)
    taskfold_test(background taskfold::gui)
endif()
