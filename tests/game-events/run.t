#!/bin/bash
# The run shows what was played, ends by itself, and leaves nothing behind however it ends.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

start run game-events/run
end
ok "the run ends with status 0" is 0 "$status"
ok "... without a word on standard error" is "" "$(<run.err)"
awk '/^│ 20[0-9-]* [0-9:]*:00\+00 │/ { sum += $5; next } { print } END { print sum " in all minutes" }' run.out >shown
same "... shows what was bought, by item, by host and by minute, and what else there was" \
	"$root/tests/game-events/run/shown" shown
ok "... and leaves nothing behind" clean

# broken SIGNAL STATUS WHILE [PART]: stops the run, or kills a part of it, while a part is there.
broken() {
	start run game-events/run
	wait_for has_part "$3"
	if [[ ${4-} ]]; then wait_for kill_part "$1" "$4"; else kill "-$1" "$pid"; fi
	end
	ok "${4:-the run} stopped by SIG$1 while there is $3: status $2" is "$2" "$status"
	[[ $1 != KILL || ${4-} ]] || wait_for clean # which goes on after the run's own end
	ok "... and nothing is left behind" clean
}

broken TERM 143 '^bash .*/ship'
broken HUP 129 'python3 .*/lake/land '
broken KILL 137 'python3 .*/lake/land '
broken KILL 1 '/embedded-broker ' '/embedded-broker '
broken KILL 1 '^bash .*/serve' '^bash .*/serve'
broken KILL 1 '^bash .*/ship' '^bash .*/ship'
broken KILL 1 'python3 .*/lake/land ' 'python3 .*/lake/land '

# Ctrl-C on a terminal reaches the run's process group only
start run game-events/run
wait_for has_part '^bash .*/serve'
stop INT "-$pid"
ok "Ctrl-C ends it with status 130" is 130 "$status"
ok "... and nothing is left behind" clean
done_testing
