#!/bin/bash
# All checks of `make lint`, one after the other; goes on after a finding, so one run tells everything.
#
#   tests/checks/lint.sh [-j N]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2

failed=()
check() {
    local name=$1
    shift
    "$@" || failed+=("$name")
}

mkdir -p build
check layout tests/checks/format.sh
check layering tests/checks/layering.py
check "sources are built" tests/checks/sources_are_built.py
check documentation tests/checks/docs.py
if cmake --preset lint >build/lint-configure.log 2>&1; then
    check clang-tidy tests/checks/tidy.py build/lint "$@"
else
    cat build/lint-configure.log
    failed+=("configuring for clang-tidy")
fi

if ((${#failed[@]})); then
    printf 'lint: failed: %s\n' "${failed[*]}" >&2
    exit 1
fi
echo "lint: all well"
