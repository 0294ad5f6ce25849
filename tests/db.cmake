taskfold_test(repositories taskfold::db)
