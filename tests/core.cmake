taskfold_test(jobrunner taskfold::runner)
