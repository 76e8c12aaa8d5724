#!/usr/bin/env bash
# scripts/delivery/follow: what is there and what comes are read without a gap or a repeat; it ends when it is told to, at
# whatever instant that comes, and so do the readers it has started.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# A kcat for which the messages of a partition are there that the file there-PARTITION counts; with -e it reads up to there, else
# those that come, too, until there are seven. It says in "calls" how it was called.
cat >kcat <<'END_OF_KCAT'
#!/bin/bash
while (($#)); do
	case $1 in
	-Q) echo "topic [0] offset 5"; exit ;;
	-p) partition=$2 ;;
	-o) offset=$2 ;;
	-e) ends=1 ;;
	esac
	shift
done
echo "$partition from $offset${ends:+, to its end}${_STDBUF_O:+, -o$_STDBUF_O}" >>calls
write() {
	printf '{"topic":"topic","partition":%d,"offset":%d,"payload":"{\\"offset\\":%d}"}\n' "$partition" "$offset" 5000
	offset=$((offset + 1))
}
[[ $offset != beginning ]] || offset=2 # older ones are deleted
read -r there <"there-$partition"
while ((offset < there)); do write; done
[[ ! ${ends-} ]] || exit "$(<"status-$partition")"
while ((offset < 7)); do write; done
exec sleep 1000
END_OF_KCAT
chmod +x kcat
echo 0 | tee status-0 status-1 >status-2

# follow_to COUNT PLACE ...: until so many lines are written; sets $status.
follow_to() {
	: >calls
	: >out
	STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic "${@:2}" -- ./kcat >out 2>err &
	pid=$!
	wait_for has_lines out "$1"
	kill -TERM "$pid"
	end
}

offsets_of() { # PARTITION
	jq -r "select(.partition == $1) | .offset" out | paste -sd ' '
}

echo 5 >there-0
echo 3 >there-1
follow_to 11 0:1 1:beginning
ok "what is there is written, and what comes then: each once" is "1 2 3 4 5 6" "$(offsets_of 0)"
ok "... in each partition" is "2 3 4 5 6" "$(offsets_of 1)"
printf '%s\n' "0 from 1, to its end, -o65536" "0 from 5, -oL" "1 from 3, -oL" "1 from beginning, to its end, -o65536" >expected
same "... the one in large blocks, the other line by line" expected <(sort calls)
ok "... and nothing else is said" is "0 " "$status $(<err)"
echo 0 >there-0
follow_to 5 0:beginning
ok "where nothing is there, it waits for what comes" is "2 3 4 5 6" "$(offsets_of 0)"
echo 5 >there-0
echo 1 >status-0
STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" topic 0:1 1:1 -- ./kcat >out 2>err
ok "where a kcat fails, it does" is "follow: kcat of topic, partition 0, ended by itself" "$(sort err | tail -n 1)"
wait_for none_left
ok "... and leaves no other" none_left
echo 0 >status-0
echo 5 >there-2

: >said

ended() {
	! kill -0 "$pid" || { left && return 1; }
}

# stopped_after TENTHS-OF-A-MILLISECOND SIGNAL [OPTION]: whether it ends, and with what.
stopped_after() {
	STARTED_BY=$TEST_RUN "$root/scripts/delivery/follow" ${3+"$3"} topic 0:5 1:5 2:5 -- ./kcat >/dev/null 2>>said &
	pid=$!
	until grep -q delivery/follow "/proc/$pid/cmdline"; do :; done # bash's own child may lose a signal
	sleep "$(printf '0.%04d' "$1")"
	kill "-$2" "$pid"
	wait_for ended
	end
}

instants=150
for option in "" --lines; do
	declare -A ends=()
	for ((instant = 0; instant < instants; instant++)); do
		stopped_after $instant TERM ${option:+"$option"}
		ends[$status]=1
	done
	ok "follow $option ends by SIGTERM, in whatever it is doing" is "" "$(tr ' ' '\n' <<<"${!ends[*]}" | grep -vx -e 0 -e 143)"
	wait_for none_left
	ok "... with the readers that it has started" none_left
	unset ends
done
ok "... and without a word" is "" "$(<said)"

# Killed while its readers are being started, which is before they can be told of it; those that wait, then, for what comes
echo 7 | tee there-0 there-1 >there-2
mkdir slow
printf '%s\n' '#!/bin/bash' "sleep 0.2; exec $(type -P setpriv) \"\$@\"" >slow/setpriv
chmod +x slow/setpriv
for instant in {0..5000..250}; do PATH=$PWD/slow:$PATH stopped_after "$instant" KILL; done
wait_for none_left
ok "kill -9 leaves no reader either, nor one that was about to be started" none_left
done_testing
