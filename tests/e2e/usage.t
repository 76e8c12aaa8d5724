#!/usr/bin/env bash
# What the scripts are called with: help, wrong usage, settings, and programs that are not there.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# run COMMAND ...: sets $status; its output is in out and err.
run() {
	status=0
	env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" "$@" >out 2>err </dev/null || status=$?
}

# refused STATUS WHAT: status 2, and one line that says what is wrong, another where the help is.
refused() {
	is "2  2" "$1 $(<out) $(wc -l <err)" && says err "$2" && grep -qE "^Try '.* --help'\.$|^usage: " err
}

# Every script that is to be called, by its own name and through a link.
mkdir links
for script in "$root"/scripts/{,assessments/,game-events/}*; do
	[[ -f $script && -x $script ]] || continue
	name=${script##*/}
	ln -sf "$script" "links/$name"
	run "$script" --help
	ok "$script --help ends with status 0" is "0 " "$status $(<err)"
	ok "... and shows its usage" is "usage: $name" "$(head -n 1 out | cut -d' ' -f1-2)"
	cp out help
	run "links/$name" --help
	ok "... through a link, too" is "0 $(<help)" "$status $(<out)"
	run "$script" --no-such-option
	ok "... refuses an unknown option" refused "$status" --no-such-option
	run "$script" operand "$(printf 'one\033more')"
	ok "... and operands that it has not" refused "$status" ''
	ok "... of which none reaches the terminal as it is" is 0 "$(grep -c $'\033' err)"
done

# Settings that can't be right are refused before anything is waited for. All of these are looked at by the same function.
for topic in .. "$(printf '%250s' '' | tr ' ' x)" schlüssel; do
	run env "EVENTS_TOPIC=$topic" "$root/scripts/submit-event-kafkastreaming.sh"
	ok "the topic ${topic:0:20} is refused" refused "$status" ": expected 1 to 249 letters, digits, dots"
done
for name in REDIS_TOPIC EVENTS_TOPIC KAFKA_RISK_TOPIC ASSESSMENTS_TOPIC GAME_TOPIC; do
	mapfile -t scripts < <(grep -l "\$[{]*$name" "$root"/scripts/{{submit-*,watch-risk}.sh,{assessments,game-events}/{follow,land,publish,ship}} 2>/dev/null)
	ok "some script takes $name" test "${#scripts[@]}" -gt 0
	for script in "${scripts[@]}"; do
		run env "$name=bad topic" GAME_DIR="$work/game" "$script"
		ok "${script##*/} refuses a $name that is none" refused "$status" ": expected 1 to 249 letters, digits, dots"
	done
done
run RISK_GRAPH_PORT=70000 "$root/scripts/demo.sh"
ok "demo.sh refuses a port that is none" refused "$status" "RISK_GRAPH_PORT: expected a port, found '70000'"
for script in serve load; do
	run GAME_PORT=http "$root/scripts/game-events/$script"
	ok "$script refuses a port that is none" refused "$status" "GAME_PORT: expected a port, found 'http'"
done
run DEMO_RECORDS=some "$root/scripts/demo.sh"
ok "demo.sh refuses a number that is none" refused "$status" "DEMO_RECORDS: expected a number, found 'some'"
run "$root/scripts/submit-event-kafkajoin.sh" --partitions 1-3
ok "submit-event-kafkajoin.sh refuses a share that is none" refused "$status" "found '1-3'"
run "$root/scripts/need-packages.sh" --say teleport
ok "need-packages.sh refuses an unknown purpose" refused "$status" "unknown purpose 'teleport'"
run "$root/scripts/submit-stedi-simulator.sh" --tests none
ok "submit-stedi-simulator.sh refuses a wrong number before it waits" is "2 " "$status $(<out)"
run "$root/scripts/submit-stedi-simulator.sh" --version
ok "... and only tells its version" is "0 stedi-simulator (stedi-pipes)" "$status $(cut -d' ' -f1-2 out)"

# Where the programs are found
script=$root/scripts/submit-event-kafkajoin.sh
run PROGRAMS=/nowhere "$script"
ok "a missing program ends it with status 1" is 1 "$status"
ok "... and is named" is "submit-event-kafkajoin.sh: /nowhere/redis-decode is not there" "$(<err)"
mkdir -p other/scripts bin
cp -r "$root"/scripts/{*.sh,delivery} other/scripts
run PROGRAMS= "$work/other/scripts/submit-event-kafkajoin.sh"
ok "where nothing is built, make is named" is "submit-event-kafkajoin.sh: redis-decode is not built: run make" "$(<err)"

start_broker
for name in redis-decode events-decode; do ln -s "$(program $name)" bin; done
ln -s "$(program join)" bin/stedi-join
create_topics
customer sam@test.com 2001-01-03 | change | produce "$REDIS_TOPIC"
event sam@test.com 1.50 | produce "$EVENTS_TOPIC"
record=$(joined sam@test.com 1.50 2001)
root=$work/other PATH=$work/bin:$PATH PROGRAMS='' start installed submit-event-kafkajoin.sh
wait_for says installed.out "${record%\}}"
stop TERM "$pid"
ok "the installed programs are found" is "$record" "$(without_positions installed.out)"

# Which broker
echo "bootstrap.servers=$KAFKA_BROKER" >named.conf
KAFKA_BROKER='' KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for test -s named.out
stop TERM "$pid"
ok "the broker of KCAT_CONFIG is used" is "$(event sam@test.com 1.50)" "$(<named.out)"
sed -i 's/^bootstrap.*/metadata.broker.list=127.0.0.1:1/' named.conf
KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for test -s named.out
stop TERM "$pid"
ok "... unless KAFKA_BROKER names one" is "$(event sam@test.com 1.50)" "$(<named.out)"
KAFKA_BROKER='' KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for test -s named.err
ok "a broker that is not there is named" is "submit-event-kafkastreaming.sh: waiting for the broker at 127.0.0.1:1" "$(<named.err)"
stop TERM "$pid"
echo no.such.property=1 >wrong.conf
run KCAT_CONFIG="$work/wrong.conf" "$script"
ok "a configuration that kcat refuses is not waited on" is 1 "$status"
ok "... and kcat's reason is shown" says err no.such.property

# The log
run LOG_DIR=/proc/none "$script"
ok "a log that can't be written ends it with status 1" is 1 "$status"
ok "... and is named" says err "can't write the log /proc/none/kafkajoin.log"
mkdir full
ln -s /dev/full full/eventstream.log
LOG_DIR=$work/full start full submit-event-kafkastreaming.sh
end
ok "a log whose disk is full ends it with status 1" is 1 "$status"
ok "... and says so" says full.err "log ended with status 1"
ok "... and no process is left" none_left

# Why there is no broker, where that is not plain; it is said once
printf '%s\n' security.protocol=sasl_plaintext sasl.mechanisms=PLAIN sasl.username=stedi sasl.password=walk >login.conf
KCAT_CONFIG=$work/login.conf start login submit-event-kafkastreaming.sh
wait_for says login.err "waiting for the broker at $KAFKA_BROKER: Failed to initialize SASL authentication"
stop TERM "$pid"
ok "a broker that refuses the login is waited for, which is said with the reason" is 1 \
	"$(grep -cx '.*: SASL Handshake not supported by broker (required by mechanism PLAIN)' login.err)"

# Where no record may be so long, all of them are too long, and that is said.
echo message.max.bytes=2048 >tiny.conf
KCAT_CONFIG=$work/tiny.conf KAFKA_RISK_TOPIC=tiny start tiny submit-event-kafkajoin.sh
wait_for says tiny.err "of at most 1 bytes (--max-output)"
stop TERM "$pid"
ok "a limit of 2048 bytes leaves no room for records, but the join runs on" is 143 "$status"

run PROGRAMS= LOG_DIR=/proc/none "$work/other/scripts/submit-event-kafkajoin.sh"
ok "the programs installed with a script are found where they are not in PATH" says err "can't write the log"
run XDG_STATE_HOME=/proc/none "$script"
ok "locks that can't be written end it with status 1" is 1 "$status"
ok "... and are named" says err "can't write the locks in /proc/none/stedi-pipes"

# The last numbers that are taken, and the first that are not
# shellcheck disable=SC2016 # for the other shell
run bash -c '. "$0/scripts/kafka-pipe.sh" && for port in 1 65535; do check_port port; done' "$root"
ok "the ports 1 and 65535 are taken" is "0 " "$status $(<err)"
run RISK_GRAPH_PORT=65536 "$root/scripts/submit-risk-graph.sh"
ok "... 65536 is not" refused "$status" "RISK_GRAPH_PORT: expected a port, found '65536'"
run "$root/scripts/submit-event-kafkajoin.sh" --partitions
ok "--partitions wants a list" refused "$status" "--partitions: expected a LIST"
done_testing
