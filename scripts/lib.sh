# Shared by the scripts of this folder: where things are built, and what Debian packages they need.
# Sourced, not run.
set -euo pipefail
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# Outside the checkout, so that a fresh clone does not compile RocksDB again. The folder may be absent.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/biaozheng/target}"
export BIAOZHENG_BIN="$CARGO_TARGET_DIR/release"

. "$root/scripts/venv.sh"

# from_caller PATH : a path as whoever called the script meant it, from the folder they were in. It may be absent.
from_caller() { (cd "$caller" && realpath -m -- "$1"); }

say() { printf '\n== %s\n' "$*"; }

# need_packages NAME... : installs what is missing with apt; says so; fails clearly without root.
need_packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        printf 'These Debian packages are missing: %s\nInstall them as root: apt-get install %s\n' "${missing[*]}" "${missing[*]}" >&2
        exit 3
    fi
    say "installing Debian packages: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Node.js 18 or newer with npm: Debian 12 has 18. One that is there already, from wherever, will do.
need_node() {
    if command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null; then
        return 0
    fi
    need_packages nodejs npm
}

need_rust() {
    command -v cargo >/dev/null || { echo 'The Rust toolchain (1.92 or newer) is missing: see https://rustup.rs' >&2; exit 3; }
}

# RocksDB is C++ (g++, make) and its bindings are generated (libclang).
need_build() {
    need_packages g++ make clang libclang-dev
    need_rust
}

# Everything is always built together: asked for one package alone, Cargo would give shared dependencies other
# features and compile much of the tree twice.
build() {
    say "building (a cold build takes about 25 minutes of two cores: RocksDB and the consensus engine)"
    # With all targets: tests then share every compiled dependency with the programs.
    cargo build --release --workspace --all-targets --locked
}
