#!/bin/bash
# Whatever is done to a log while it is written, follow prints every line of it once.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
mkdir game

# start_follow: prints game/access.log into followed.
start_follow() {
	: >followed
	STARTED_BY=$TEST_RUN "$game/follow" game/access.log >>followed 2>follow.err &
	pid=$!
}

followed() { # COUNT
	(($(grep -c . followed) >= $1))
}

followed_are() { # FILE: the lines, in any order
	grep . followed | sort | cmp - <(sort "$1")
}

# writer NAME LINES: writes to the log as fast as it can, and opens a new one only some time after the old was renamed.
# Prints the same lines.
writer() {
	perl -MFcntl -MTime::HiRes=sleep -e '
		my ($name, $lines) = @ARGV;
		my $log;
		for my $n (1 .. $lines) {
			if ($n % 300 == 1) {
				sysopen $log, "game/access.log", O_WRONLY | O_APPEND | O_CREAT or die;
				sleep 0.05;
			}
			my $line = "$name $n " . "x" x ($n % 700) . "\n";
			print $line;
			syswrite($log, $line) == length $line or die;
		}' "$@"
}

# Rotated by time, and as logrotate does, while three write
writers=()
start_follow
for name in a b c; do
	writer $name 15000 >written-$name &
	writers+=($!)
done
for n in {1..12}; do
	sleep 0.2
	case $((n % 4)) in
	0) mv game/access.log "game/access.log.$(date -u +%Y%m%dT%H%M%S.%N)" ;;
	1) mv game/access.log "game/access.log-$n" ;;
	*)
		[[ ! -e game/access.log.2 ]] || mv game/access.log.2 "game/access.log.3$n"
		[[ ! -e game/access.log.1 ]] || mv game/access.log.1 game/access.log.2
		mv game/access.log game/access.log.1
		;;
	esac 2>>no-log.err
done
wait "${writers[@]}"
ok "the log was rotated many times" test "$(find game -name 'access.log[.-]*' | wc -l)" -ge 8
cat written-* >written
wait_for followed 45000
ok "every line is printed once" followed_are written
"$game/follow" --once game/access.log | grep . | sort >once
ok "... and by follow --once" cmp once <(sort written)

# Idle
echo more >>game/access.log
wait_for followed 45001
ok "a lone line is printed at once" is more "$(grep . followed | tail -n 1)"
exec {log}>>game/access.log
printf 'half a ' >&"$log"
mv game/access.log game/access.log.20260101
mv game/access.log.20260101 game/access.log.20260102
echo another >game/access.log
echo line >&"$log"
exec {log}>&-
wait_for followed 45003
ok "what is written to a log after it was renamed is printed before the next log" is "half a line another" \
	"$(grep . followed | tail -n 2 | paste -sd ' ')"
printf 'without end' >>game/access.log
mv game/access.log game/access.log.20260103
echo begin >game/access.log
wait_for followed 45005
ok "a log without a last LF doesn't touch the next one" is "without end begin" \
	"$(grep . followed | tail -n 2 | paste -sd ' ')"
touch game/access.log.20260104 # empty
echo other >game/access.log.2.gz
echo other >game/access.log.bak
echo other >game/access.log.1~
echo removed >>game/access.log
wait_for followed 45006
rm game/access.log
echo last >game/access.log
wait_for followed 45007
ok "a log that was removed is left, what is no log is not printed" is "removed last" \
	"$(grep . followed | tail -n 2 | paste -sd ' ')"
stop TERM "$pid"
ok "SIGTERM ends it with status 143" is 143 "$status"
wait_for none_left
ok "... and leaves no process" none_left

# Nothing there yet, then only rotated logs
rm -r game && mkdir game
start_follow
echo b >game/access.log.1
touch -d '1 hour ago' game/access.log.1
wait_for followed 1
echo c >game/access.log.2
echo d >game/access.log
wait_for followed 3
printf '%s\n' b c d >expected
grep . followed >actual
same "logs are printed as they appear" expected actual
ok "... the oldest first" is a,b,c,d, "$(echo a >game/access.log.3 && touch -d '2 hours ago' game/access.log.3 &&
	"$game/follow" --once game/access.log | grep . | tr '\n' ,)"

# Parts that are killed
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null
wait_for none_left
ok "kill -9 of it leaves no process" none_left
has_part() {
	[[ $(pgrep -P "$pid" -x "$1") ]]
}
fails() { # COMMAND, what is said
	start_follow
	wait_for followed 4
	wait_for has_part "$1"
	kill -KILL "$(pgrep -P "$pid" -x "$1")"
	end
	ok "without $2 it ends with status 1" is 1 "$status"
	ok "... and says so" says follow.err "follow: $2 ended with status 137"
	wait_for none_left
}
fails tail tail
fails bash "the watch of game/access.log"
done_testing
