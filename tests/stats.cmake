# Sampling, metrics, verdicts, filter and stopping.
taskfold_test(samplers taskfold::stats nlohmann_json::nlohmann_json)
taskfold_test(metrics taskfold::stats nlohmann_json::nlohmann_json)
taskfold_test(stopping taskfold::stats)
