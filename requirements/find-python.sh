#!/bin/sh
# Prints which Python to use: $PYTHON when that is given, else the first of the usual ones that is new enough.
# Says in one line what is wrong when there is none, or when the disk is too full to install into.

free_kb=$(df -Pk . | awk 'NR == 2 {print $4}')
if [ "$free_kb" -lt 1200000 ]; then
    echo "The disk is too full: installing takes 1.2 GB here, and $((free_kb / 1024)) MB is free." >&2
    exit 1
fi

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

if [ -n "$PYTHON" ]; then
    is_new_enough "$PYTHON" && { echo "$PYTHON"; exit 0; }
    echo "PYTHON=$PYTHON does not run or is older than 3.12, which the register needs." >&2
    exit 1
fi
for candidate in python3.13 python3.14 python3.12 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    is_new_enough "$candidate" && { echo "$candidate"; exit 0; }
done
echo "The register needs Python 3.12 or newer, and found $(python3 --version 2>/dev/null || echo none). Install one, or name it: make run PYTHON=python3.13" >&2
exit 1
