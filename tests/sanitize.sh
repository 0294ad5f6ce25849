#!/usr/bin/env bash
# Builds tests with a sanitizer and runs them: tests/sanitize.sh asan|tsan [TEST ...]
# asan: address and undefined behaviour; tsan: threads. Without names: the queue, the controllers, the jobs and what trains.
# What is silenced is libraries' alone: tests/support/tsan.supp. GCC's OpenMP isn't instrumented, and it isn't seen who waits for whom in
# a loop of several of its threads: with tsan it has one, and what is looked at are the program's own threads and loops.
set -euo pipefail

preset=${1:-}
[ "$preset" = asan ] || [ "$preset" = tsan ] || { sed -n '2,4p' "$0"; exit 2; }
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    names=(jobrunner repositories samplers stopping reference verdicts metrics training together ablations trainrecovery parallel examples
        packednet sharedpass)
    [ "$preset" = tsan ] || names+=(rowstore importing tokenizer tokenizerfaults pattern badmodels modelconfig gguf faults tileproduct packedscoring \
        parity comparing report bases exporting)
fi
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"
targets=()
for name in "${names[@]}"; do targets+=("tst_$name"); done
cmake --build "build/$preset" -j "${JOBS:-2}" --target "${targets[@]}"
pattern=$(IFS='|'; printf '%s' "${names[*]}")
exec ctest --preset "$preset" -R "^($pattern)\$" --timeout 1500
