#!/usr/bin/env bash
# --supervise: how long it pauses before it starts what has failed again, and what it does not start again.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# What it supervises fails, until the run that "ends" names, which ends with the status named there; the runs that "long" names
# take a minute by the script's clock.
cat >supervised.sh <<'END'
. "$1/scripts/kafka-pipe.sh"
eval "really_$(declare -f wait_for_end)"
run=0
wait_for_end() {
	really_wait_for_end "$1"
	run=$((run + 1))
	[[ $run != "$long" ]] || SECONDS=$((SECONDS + 60))
}
pause() { :; }
supervise bash -c 'echo >>runs; (($(wc -l <runs) < $0)) || exit "$1"; kill -"$2" $$; exit 1' "$2" "$3" "$how"
END

# pauses RUNS STATUS: sets $status, and $pauses to their lengths.
pauses() {
	: >runs
	status=0
	bash supervised.sh "$root" "$@" 2>said || status=$?
	pauses=$(sed -n 's/.*it starts again in \([0-9]*\) s$/\1/p' said | paste -sd ' ')
}

export long=0 how=CONT
pauses 9 2
ok "the pauses grow to a minute" is "1 2 4 8 16 32 60 60" "$pauses"
ok "... until it ends otherwise" is "2 9" "$status $(wc -l <runs)"
long=3
pauses 6 143
ok "after a run of a minute they begin anew" is "1 2 1 2 4" "$pauses"
ok "what was stopped by somebody else is not started again" is "143 6" "$status $(wc -l <runs)"
how=KILL long=0
pauses 2 0
ok "what is killed is started again" is "1" "$pauses"
ok "... and with its good end all ends" is 0 "$status"
done_testing
