#!/usr/bin/env bash
# What the services do at work is what their units let them do: each system call, and no memory to be written and run.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/system.sh"

# allowed: the system calls that units may make, a line each.
allowed() {
	local line word
	local -A calls=()
	while read -r line; do
		for word in ${line#\~}; do
			while read -r word; do
				if [[ $line == ~* ]]; then unset "calls[$word]"; else calls[$word]=1; fi
			done < <(expand "$word")
		done
	done < <(echo @default && sed -n 's/^SystemCallFilter=//p' "$root/scripts/install/service")
	printf '%s\n' "${!calls[@]}" | sort
}

# expand NAME: the system calls of a set, and of the sets in it.
expand() {
	local word
	[[ $1 == @* ]] || { echo "$1" && return; }
	while read -r word; do expand "$word"; done < <(awk -v set="$1" '/^[^ ]/ { inside = $0 == set; next } inside && $1 ~ /^[@a-z]/ { print $1 }' sets)
}

# serve NAME: runs what its unit runs, and writes down what it calls.
serve() {
	local command
	read -ra command < <(sed -n 's/^ExecStart=//p' "lib/systemd/system/$1.service")
	PROGRAMS='' STARTED_BY=$TEST_RUN strace -f -o "$1.trace" "${command[@]}" >"$1.out" 2>"$1.err" </dev/null &
	pid=$!
}

# end_services: as systemd does, by a signal to the script.
end_services() {
	local tracer
	for tracer in "${tracers[@]}"; do kill -TERM "$(<"/proc/$tracer/task/$tracer/children")"; done
	wait "${tracers[@]}"
}

tracers=()
make -s -C "$root" install PREFIX="$work" >log 2>&1 || give_up "make install: $(tail -n 3 log)"
start_broker
start_redis
create_topics
for name in stedi-redis-source stedi-join; do serve "$name" && tracers+=("$pid"); done
start_graph stedi-risk-graph serve stedi-risk-graph
tracers+=("$pid")
add_customer sam@test.com 2001-01-03
event sam@test.com 1.50 | produce "$EVENTS_TOPIC"
wait_for says stedi-join.out sam@test.com
ok "the services work while they are watched" true

# One line was there before the log was rotated, and one comes after that.
sed "s,/var/log/stedi-pipes,$LOG_DIR," etc/logrotate.d/stedi-pipes >logrotate.conf
ok "logrotate takes the settings that come along" /usr/sbin/logrotate -f -s logrotate.state logrotate.conf
event sam@test.com 2.50 | produce "$EVENTS_TOPIC"
wait_for says stedi-join.out '"score":"2.50"'
ok "... and the log goes on behind them" is "1.50 2.50" \
	"$({ gzip -dc logs/kafkajoin.log.1.gz && cat logs/kafkajoin.log; } | jq -r .score | paste -sd ' ')"
end_services

systemd-analyze syscall-filter >sets 2>err || give_up "systemd does not say what its sets of system calls are"
allowed >may-call
for name in stedi-redis-source stedi-join stedi-risk-graph; do
	sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' "$name.trace" | sort -u >called
	ok "$name makes calls" test -s called
	ok "... and none that its unit forbids" is "" "$(comm -23 called may-call)"
	ok "... no memory to be written and run" is "" "$(grep -E 'PROT_WRITE\|PROT_EXEC' "$name.trace")"
done
done_testing
