#!/bin/bash
# Runs the unit tests under valgrind: no byte is read before it is written, or beyond its end, and none leaks.
set -euo pipefail
command -v valgrind >/dev/null || {
	echo "Bail out! valgrind is not installed"
	exit 1
}
export UNIT_ROUNDS=${UNIT_ROUNDS:-3000}
export RUN="valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all"
exec "$(dirname "$0")/unit.t"
