# The tests that see torch: our own kernels against libtorch's plain form, and against what transformers and peft computed.
taskfold_test(packednet taskfold-compute taskfold::text taskfold::format taskfold::core torch)
taskfold_test(sharedpass taskfold-compute taskfold::text taskfold::format taskfold::core torch)
taskfold_test(packedscoring taskfold-compute taskfold::text taskfold::format taskfold::core torch)
taskfold_test(examples taskfold-compute taskfold::text taskfold::core)
taskfold_test(parallel taskfold-compute)
taskfold_test(tileproduct taskfold-compute taskfold::core)
taskfold_test(parity taskfold-compute taskfold::text taskfold::format taskfold::core nlohmann_json::nlohmann_json torch)
# libtorch's own allocator of host memory stands aside for one that refuses.
taskfold_test(memoryfaults taskfold-compute taskfold::jobs torch)
set_tests_properties(memoryfaults PROPERTIES LABELS slow)
