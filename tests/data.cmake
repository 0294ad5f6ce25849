# Files in, rows kept.
taskfold_test(faults taskfold::data)
taskfold_test(nearrows taskfold::data)
taskfold_test(reading taskfold::data)
taskfold_test(rowstore taskfold::data)
