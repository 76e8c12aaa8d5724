#!/usr/bin/env bash
# The demo ends by itself, and leaves nothing behind however it ends.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
export DEMO_RECORDS=5

# The demo's processes, of which Redis only shows its arguments.
no_redis() {
	! pgrep -f -- "redis-server 127.0.0.1:$1"
}

start demo demo.sh
status=0
wait "$pid" || status=$?
ok "the demo ends with status 0" is 0 "$status"
ok "... without a word on standard error" is "" "$(<demo.err)"
ok "... shows joined records" is 5 "$(grep -cE \
	'^\{"customer":"([^"]*)","score":"-?[0-9.]+","email":"\1","birthYear":"19[0-9][0-9]"\}$' demo.out)"
ok "... and sums up" grep -qE '^30 customers took [0-9]+ tests; 5 risk scores were joined .* after [0-9]+ s\.$' demo.out
ok "... and leaves no process" none_left
done_testing
