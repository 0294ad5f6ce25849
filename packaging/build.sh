#!/usr/bin/env bash
# Configures and builds one preset: packaging/build.sh PRESET. Says in one sentence what failed, if something does.
set -euo pipefail
preset=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

printf '[build] Configuring (%s) ...\n' "$preset"
if ! cmake --preset "$preset" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    printf '[build] Configuring failed: see the lines above.\n' >&2
    exit 1
fi
printf '[build] Building with %s cores; the first time takes about a quarter of an hour on two ...\n' "$(nproc)"
if ! cmake --build --preset "$preset" -j "$(nproc)"; then
    printf '[build] Building failed: the first error above says where.\n' >&2
    exit 1
fi
