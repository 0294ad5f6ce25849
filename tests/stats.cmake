# Sampling, metrics, verdicts, filter and stopping.
taskfold_test(samplers taskfold::stats nlohmann_json::nlohmann_json)
taskfold_test(metrics taskfold::stats nlohmann_json::nlohmann_json)
taskfold_test(stopping taskfold::stats)
taskfold_test(reference taskfold::stats nlohmann_json::nlohmann_json)
taskfold_test(verdicts taskfold::stats)
set_tests_properties(verdicts PROPERTIES LABELS slow TIMEOUT 300)
