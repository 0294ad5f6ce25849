#!/usr/bin/env bash
# Installs what Taskfold needs on Debian 12, and only what is missing: packages by apt, and the two wheels that carry
# libtorch and Arrow C++ (their headers and libraries; no Python runs in Taskfold). Can be run again at any time.
# TASKFOLD_TORCH=DIR: build against that libtorch; then no wheel of it is fetched.
set -euo pipefail

torch_version=2.13.0
arrow_version=26.0.1
wheels="${XDG_CACHE_HOME:-$HOME/.cache}/taskfold"

packages=(
    g++ cmake ninja-build ccache pkg-config git ca-certificates python3-pip
    qt6-base-dev qt6-svg-dev libqt6svg6 qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools libgl-dev
    libqcustomplot-dev libsqlitecpp-dev libsqlite3-dev libspdlog-dev libsimdjson-dev nlohmann-json3-dev libcli11-dev
    libicu-dev libssl-dev zlib1g-dev libzip-dev libxxhash-dev libsentencepiece-dev librust-blake3-dev
    fonts-dejavu-core
)

say() { printf '[setup] %s\n' "$*"; }
die() { printf '[setup] %s\n' "$*" >&2; exit 1; }

# A command whose output is shown only when it fails.
quietly()
{
    local what=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        die "$what failed: see the lines above."
    fi
    rm -f "$log"
}

install_packages()
{
    local missing=() name
    for name in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        say "Debian packages: all there."
        return
    fi
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "These packages are missing and only root can install them: ${missing[*]}"
        root=(sudo)
    fi
    command -v apt-get >/dev/null || die "This is no Debian: install by hand what Debian calls ${missing[*]}"
    say "Debian packages: installing ${#missing[@]} (${missing[*]}) ..."
    quietly "Reading the package lists" "${root[@]}" apt-get update
    quietly "Installing the packages" "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

pip() { python3 -m pip --disable-pip-version-check "$@"; }

# Unpacks one wheel into its own folder, beside it first, so that an interrupted run leaves nothing half there.
fetch_wheel()
{
    local name=$1 version=$2 folder=$3
    if [ -f "$folder/.complete" ]; then
        say "$name $version: there."
        return
    fi
    say "$name $version: fetching its wheel (this takes a while) ..."
    rm -rf "$folder" "$folder.part"
    mkdir -p "$folder.part"
    quietly "Fetching $name $version" pip install --quiet --no-deps --no-compile --target "$folder.part" "$name==$version"
    if [ "$name" = torch ]; then
        fetch_cuda_libraries "$folder.part"
    fi
    touch "$folder.part/.complete"
    mv "$folder.part" "$folder"
}

# A CUDA build of the wheel names the packages of the libraries it loads (some only name others); a CPU build has none.
fetch_cuda_libraries()
{
    local folder=$1 needed
    [ -e "$folder/torch/lib/libtorch_cuda.so" ] || return 0
    needed=$(sed -n 's/^Requires-Dist: \(\(nvidia-\|cuda-\)[^;]*\).*/\1/p' "$folder"/torch-*.dist-info/METADATA | tr -d ' ')
    say "torch came as a CUDA build: fetching the libraries it needs ..."
    # shellcheck disable=SC2086
    quietly "Fetching the CUDA libraries" pip install --quiet --no-compile --target "$folder" $needed
}

install_packages
if [ -n "${TASKFOLD_TORCH:-}" ]; then
    [ -f "$TASKFOLD_TORCH/share/cmake/Torch/TorchConfig.cmake" ] \
        || die "TASKFOLD_TORCH=$TASKFOLD_TORCH holds no libtorch: share/cmake/Torch/TorchConfig.cmake is missing there."
    say "libtorch: yours, in $TASKFOLD_TORCH."
else
    fetch_wheel torch "$torch_version" "$wheels/torch-$torch_version"
fi
fetch_wheel pyarrow "$arrow_version" "$wheels/arrow-$arrow_version"
