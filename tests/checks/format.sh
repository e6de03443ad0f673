#!/bin/bash
# Compares the layout of all our sources with .clang-format; with --write, lays them out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mode=(--dry-run --Werror)
[[ ${1:-} == --write ]] && mode=(-i)

mapfile -d '' -t sources < <(find core sdk plugins tests etc docs cmake -type f \
    \( -name '*.cpp' -o -name '*.hpp' -o -name '*.c' -o -name '*.h' \) \
    -not -path '*/build/*' -print0 | sort -z)
if ((${#sources[@]} == 0)); then
    echo "layout: found nothing to look at, so this check is broken" >&2
    exit 1
fi
printf '%s\0' "${sources[@]}" | xargs -0 -n 40 -P "$(nproc)" clang-format --style=file "${mode[@]}"
echo "layout: ${#sources[@]} files, all well"
