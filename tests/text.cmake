# Tokenizers, prompts, model files.
taskfold_test(tokenizer taskfold::text nlohmann_json::nlohmann_json)
taskfold_test(modelfiles taskfold::format)
taskfold_test(gguf taskfold::text taskfold::format nlohmann_json::nlohmann_json)
taskfold_test(badmodels taskfold::format)
taskfold_test(modelconfig taskfold::format nlohmann_json::nlohmann_json)
taskfold_fuzz(config USES taskfold::format)
taskfold_fuzz(safetensors USES taskfold::format)
taskfold_fuzz(gguf USES taskfold::format)
