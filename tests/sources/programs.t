#!/usr/bin/env bash
# What all programs in C have in common, the filters, too: how they stop, whatever their standard descriptors are.
# shellcheck source=tests/sources/lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${PROGRAMS:-}" ] || PATH=$root/redis-decode:$root/events-decode:$root/join:$PATH
filters='redis-decode events-decode join'
programs="$filters redis-source stedi-simulator embedded-broker"
mkfifo silent
exec 9<>silent

# idle PROGRAM: runs it with nothing to do, until it is told to end
idle() {
	case $1 in
	join) exec join silent silent ;;
	*-decode) exec "$1" silent ;;
	stedi-simulator) exec stedi-simulator --quick 1 --pace 1000 ;;
	embedded-broker) exec embedded-broker topic ;;
	*) exec "$1" ;;
	esac
}

# until_caught PROGRAM SIGNAL: the process started last, which has been the shell before
until_caught() {
	local name value running='' mask=0 bit=$(($(kill -l "$2") - 1))
	until [ "$running" = "$1" ] && ((mask >> bit & 1)); do
		while read -r name value; do
			case $name in
			Name:) running=$value ;;
			SigCgt:) mask=$((16#$value)) ;;
			esac
		done <"/proc/$!/status"
	done
}

start_redis

for program in $programs; do
	expected=143
	[ "$program" != embedded-broker ] || expected=0
	statuses=
	for _ in {1..10}; do
		idle "$program" >out 2>err &
		started+=("$!")
		until_caught "$program" TERM
		stop "$!" TERM
		statuses+="$status "
	done
	is "$program: SIGTERM ends it, also one that comes before it waits" \
		"$(yes $expected | head -n 10 | paste -sd ' ') " "$statuses"
done

for program in $filters; do
	idle "$program" 2>err &
	started+=("$!")
	until_caught "$program" USR1
	kill -USR1 "$!"
	wait_for has err ' in/s'
	stop "$!" TERM
	is "$program: SIGUSR1 prints the counts, also one that comes before it waits" \
		"$program: 0 in, 0 out, 0 skipped, 0 rejected" "$(sed 's/, 0 waiting//; s/;.*//' err)"
done

done_testing
