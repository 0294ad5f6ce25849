#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, and runs all tests.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/packaging/setup.sh"
"$root/packaging/build.sh" ci
printf '[test] Running all tests ...\n'
cd "$root"
exec ctest --preset ci -j "$(nproc)" "$@"
