# Python environments outside the checkout. Sourced, not run; changes nothing by being sourced.

# need_venv FOLDER REQUIREMENTS : a Python environment with these packages, of $PYTHON (python3). The stamp is written
# last, so that one left half made, which may have no pip, is made again.
need_venv() {
    local stamp="$1/.packages-$(sha256sum "$2" | cut -c1-16)"
    [ -e "$stamp" ] && return 0
    mkdir -p "$(dirname "$1")"
    "$1/bin/python" -m pip --version >/dev/null 2>&1 || { rm -rf "$1"; "${PYTHON:-python3}" -m venv "$1"; }
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2"
    touch "$stamp"
}
