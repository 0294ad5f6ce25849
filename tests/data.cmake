# Files in, rows kept.
taskfold_test(reading taskfold::data)
taskfold_test(rowstore taskfold::data)
