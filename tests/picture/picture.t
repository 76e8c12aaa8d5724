#!/usr/bin/env bash
# The picture of a terminal in README.md shows what the programs write today.
# shellcheck source-path=SCRIPTDIR
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
"$root/tests/picture/picture" >picture || give_up "no picture"
same "the picture of a terminal is up to date: make picture" picture "$root/tests/picture/terminal.svg"
ok "... and shows low scores and the table" test "$(grep -c -e '>{"birthYear":"19' -e '>19' picture)" -gt 20
done_testing
