#!/usr/bin/env bash
# Installs what is missing, builds, and opens the window on the demo. Without a display, runs the demo to its report.
#   packaging/run.sh [PROJECT]     the project's folder; ./demo-project if none is named
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
project=${1:-$root/demo-project}
"$root/packaging/setup.sh"
"$root/packaging/build.sh" dev
bin="$root/build/dev/bin"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    if [ ! -e "$project/project.db" ]; then
        printf '[run] Making the demo in %s: training on this machine takes about two minutes ...\n' "$project"
        "$bin/taskfold-cli" demo "$project"
    fi
    printf '[run] Opening the window on %s.\n' "$project"
    exec "$bin/taskfold" "$project"
fi
if [ -e "$project/reports/demo.html" ]; then
    printf '[run] The demo is there already; its report lies in %s/reports/demo.html.\n' "$project"
    exit 0
fi
printf '[run] No display: running the demo to its report in %s ...\n' "$project"
"$bin/taskfold-cli" demo "$project"
printf '[run] Done. The report lies in %s/reports/demo.html.\n' "$project"
