#!/usr/bin/env bash
# Fuzzes one target with libFuzzer, at the lowest priority: tests/fuzz/run.sh NAME [SECONDS] [libFuzzer's options ...]
# What it learns is kept in build/fuzz/corpus/NAME; an input that is a find lies in build/fuzz/finds/NAME-*: fix it, and put
# the file into tests/fuzz/finds/NAME, which every test run repeats. Needs clang-14 and libclang-rt-14-dev.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,4p' "$0"; exit 2; }
name=$1 seconds=${2:-60}
shift $(( $# < 2 ? $# : 2 ))
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

[ -f build/fuzz/build.ninja ] || cmake --preset fuzz
cmake --build --preset fuzz -j2 --target "fuzz_$name"
program=build/fuzz/tests/fuzz_$name
corpus=build/fuzz/corpus/$name
mkdir -p "$corpus" build/fuzz/finds
"$program" --write-seeds="$corpus"
dictionary=()
[ ! -f "tests/fuzz/$name.dict" ] || dictionary=("-dict=tests/fuzz/$name.dict")
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
exec nice -n 19 "$program" "$corpus" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -malloc_limit_mb=512 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/finds/$name-" "${dictionary[@]}" "$@"
