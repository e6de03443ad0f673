#!/bin/bash
# Installs the Debian packages that a make target needs and that are missing.
#
#   cmake/setup-packages.sh GROUP…      groups as in cmake/packages.txt: build, test, lint
#   cmake/setup-packages.sh --list GROUP…   prints the packages of these groups, installs nothing
#
# Quick when nothing is missing: one call of dpkg-query. FOLEY_SKIP_PACKAGES=1 skips it altogether, for a machine whose
# libraries came another way. Ends with 1 and one sentence when something is missing and nobody may install it.
set -euo pipefail

list_file=$(dirname "${BASH_SOURCE[0]}")/packages.txt
list_only=0
if [[ ${1:-} == --list ]]; then
    list_only=1
    shift
fi
if (($# == 0)); then
    echo "usage: $0 [--list] GROUP…" >&2
    exit 2
fi

wanted=()
while read -r package group _; do
    [[ -z $package || $package == \#* ]] && continue
    for asked in "$@"; do
        [[ $group == "$asked" ]] && wanted+=("$package")
    done
done <"$list_file"

if ((list_only)); then
    printf '%s\n' "${wanted[@]}"
    exit 0
fi
[[ ${FOLEY_SKIP_PACKAGES:-0} == 1 ]] && exit 0

if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system: install what corresponds to these packages, then set FOLEY_SKIP_PACKAGES=1:" \
        "${wanted[*]}" >&2
    exit 1
fi

# dpkg-query fails when it knows a package not at all; what it knows it prints nevertheless.
declare -A installed=()
while read -r status package; do
    [[ $status == installed ]] && installed[$package]=1
done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
    [[ -n ${installed[$package]:-} ]] || missing+=("$package")
done
((${#missing[@]} == 0)) && exit 0

as_root=()
if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    elif command -v sudo >/dev/null && [[ -t 0 && -t 2 ]] && sudo -p "Foley needs packages; password for %u: " true; then
        as_root=(sudo)
    else
        echo "These Debian packages are missing and only root can install them: run" \
            "\"apt-get install ${missing[*]}\" as root, or call make as root or as a user with sudo." >&2
        exit 1
    fi
fi

echo "Installing ${#missing[@]} missing packages: ${missing[*]}" >&2
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${apt[@]}" update && "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; } \
    </dev/null >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    echo "apt-get could not install ${missing[*]}: its last lines are above." >&2
    exit 1
fi
