#!/usr/bin/env bash
# scripts/delivery/follow: ends when it is told to, at whatever instant that comes, and so do the readers it has started.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# A kcat that has nothing to read; it knows where the partitions end.
cat >kcat <<'END_OF_KCAT'
#!/bin/sh
case "$*" in
*" -Q "*) echo "topic [0] offset 5" ;;
*) exec sleep 1000 ;;
esac
END_OF_KCAT
chmod +x kcat
: >said

ended() {
	! kill -0 "$pid" || { left && return 1; }
}

# told_after TENTHS-OF-A-MILLISECOND [OPTION]: whether it ends, and with what.
told_after() {
	STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" ${2+"$2"} topic 0:5 -- ./kcat >>said 2>&1 &
	pid=$!
	sleep "$(printf '0.%04d' "$1")"
	kill -TERM "$pid"
	wait_for 60 ended
	end
}

instants=150
for option in "" --lines; do
	declare -A ends=()
	for ((instant = 0; instant < instants; instant++)); do
		told_after $instant ${option:+"$option"}
		ends[$status]=1
	done
	ok "follow $option ends by SIGTERM, in whatever it is doing" is "" "$(tr ' ' '\n' <<<"${!ends[*]}" | grep -vx -e 0 -e 143)"
	wait_for 60 none_left
	ok "... with the readers that it has started" none_left
	unset ends
done
ok "... and without a word" is "" "$(<said)"
done_testing
