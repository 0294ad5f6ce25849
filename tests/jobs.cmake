# Imports: no module is needed.
taskfold_test(importing taskfold::jobs taskfold::db ZLIB::ZLIB)
# Whole jobs, with the real module. Its folder is found from the test's own place.
taskfold_test(training taskfold::jobs nlohmann_json::nlohmann_json)
add_dependencies(tst_training taskfold-compute)
set_tests_properties(training PROPERTIES LABELS slow TIMEOUT 600)
taskfold_test(olderprojects taskfold::jobs SQLiteCpp)
add_dependencies(tst_olderprojects taskfold-compute)
taskfold_test(bases taskfold::jobs)
taskfold_test(exporting taskfold::jobs)
# Comparisons of answers that the tests give: nothing is trained.
taskfold_test(comparing taskfold::jobs SQLiteCpp)
taskfold_test(report taskfold::jobs nlohmann_json::nlohmann_json)
