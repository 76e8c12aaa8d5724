#!/usr/bin/env bash
# The table of the risk topic at the terminal: its figures to the byte, drawn in place there, written once elsewhere.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# score YEAR SCORE [POSITION]
score() {
	local position=${3:+\"$3\"}
	printf '{"customer":"a@test.com","score":"%s","email":"a@test.com","birthYear":"%s","position":%s}\n' \
		"$2" "$1" "${position:-null}"
}

# run_with AWK: the table of the topic, by that awk.
run_with() {
	mkdir -p "bin-$1"
	ln -sf "$(type -P "$1")" "bin-$1/awk"
	PATH=$work/bin-$1:$PATH start "$1" watch-risk.sh
	end
}

put_in_path events-decode
start_broker
fresh_topics
start early watch-risk.sh
early=$pid
wait_for says early.err "watch-risk.sh: waiting for topic $KAFKA_RISK_TOPIC at $KAFKA_BROKER"
{
	for n in {1..12}; do score 1950 "-$n" "e:0:$n"; done
	for n in {1..10}; do score 1950 "$n.5" "e:1:$n"; done
	score 1950 10.5 e:1:10 # a repeat
	score 1963 28.50
	score 1963 28.50
	score 1999 -1000000 e:0:99
	score 2001 0.001 e:0:100
} | produce "$KAFKA_RISK_TOPIC" -p 0
end "$early"
ok "a topic that is not there yet is waited for" is 0 "$status"
cat >expected <<END
$KAFKA_RISK_TOPIC: 26 assessments, mean -38460.04 s
born         count      mean, s       +/-    trend        slower|faster      
1950            22        -0.82      1.53   +12.50             #|            
1963             2       +28.50      0.00                       |###########>
1999             1  -1000000.00                     <###########|            
2001             1         0.00                                 |            
END
for awk in mawk gawk; do
	run_with $awk
	ok "by $awk, it ends with status 0" is 0 "$status"
	same "... and writes the table of what the topic holds" expected $awk.out
done

# On a terminal of 9 lines
mkfifo keys
script="stty rows 9 cols 100; exec $root/scripts/watch-risk.sh"
env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" script -qec "$script" /dev/null <keys >terminal &
pid=$!
exec {keys}>keys

# The last frame, without the sequences that put it there.
frame() {
	tr -d '\r' <terminal | awk -v RS='\033\\[H' '{ last = $0 } END { printf "%s", last }' | sed 's/\x1b\[[KJ]//g; s/ *$//'
}

frame_is() { # TEXT: the frame holds all of its lines
	is "$1" "$(frame)"
}

wait_for frame_is "$(sed 's/ *$//' expected)"
ok "on a terminal the same table is drawn" true
{ score 1931 2 && score 1940 2 && score 1952 -3; } | produce "$KAFKA_RISK_TOPIC" -p 0
wait_for frame_is "$(sed 's/ *$//' <<END
$KAFKA_RISK_TOPIC: 29 assessments, mean -34481.38 s
born         count      mean, s       +/-    trend        slower|faster
1930-1934        1        +2.00                                 |##
1940-1944        1        +2.00                                 |##
1950-1954       23        -0.91      1.46   +12.23             #|
1960-1964        2       +28.50      0.00                       |###########>
1995-1999        1  -1000000.00                     <###########|
2000-2004        1         0.00                                 |
END
)"
ok "... and new records in its place, in lines of several years where there are too many" \
	is 1 "$(grep -aoF $'\033[2J' terminal | wc -l)"
printf '\003' >&"$keys"
end
ok "Ctrl-C ends it" is 130 "$status"
ok "... and no process is left" none_left

# What is no assessment
echo '{"score":"high","birthYear":"1950"}' | produce "$KAFKA_RISK_TOPIC"
start bad watch-risk.sh
end
ok "a record that is none ends it with status 1" is 1 "$status"
ok "... and is named" says bad.err 'score: expected a number, found "high"'
ok "... and the others are counted" says bad.out "29 assessments"
done_testing
