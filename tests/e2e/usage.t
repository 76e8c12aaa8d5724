#!/usr/bin/env bash
# What the scripts are called with: help, wrong usage, settings, and programs that are not there.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

# run COMMAND ...: sets $status; its output is in out and err.
run() {
	status=0
	env --default-signal=INT,QUIT,TERM,HUP STARTED_BY="$TEST_RUN" "$@" >out 2>err </dev/null || status=$?
}

for name in submit-redis-kafka-streaming submit-event-kafkastreaming submit-event-kafkajoin submit-redis-source \
	submit-stedi-simulator submit-risk-graph demo; do
	script=$root/scripts/$name.sh
	run "$script" --help
	ok "$name.sh --help ends with status 0" is "0 " "$status $(<err)"
	ok "... and shows its usage" is "usage: $name.sh" "$(head -n 1 out | cut -d' ' -f1-2)"
	run "$script" --no-such-option
	ok "$name.sh refuses an unknown option" is "2 " "$status $(<out)"
	ok "... with its usage, or where that is" eval 'says err usage: || says err "Try "'
	run "$script" operand
	ok "$name.sh refuses an operand" is "2 " "$status $(<out)"
done
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
wait_for 60 says installed.out "${record%\}}"
stop TERM "$pid"
ok "the installed programs are found" is "$record" "$(without_positions installed.out)"

# Which broker
cp kcat.conf named.conf
echo "bootstrap.servers=$KAFKA_BROKER" >>named.conf
KAFKA_BROKER='' KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for 60 test -s named.out
stop TERM "$pid"
ok "the broker of KCAT_CONFIG is used" is "$(event sam@test.com 1.50)" "$(<named.out)"
sed -i 's/^bootstrap.*/metadata.broker.list=127.0.0.1:1/' named.conf
KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for 60 test -s named.out
stop TERM "$pid"
ok "... unless KAFKA_BROKER names one" is "$(event sam@test.com 1.50)" "$(<named.out)"
KAFKA_BROKER='' KCAT_CONFIG=$work/named.conf start named submit-event-kafkastreaming.sh
wait_for 60 test -s named.err
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
done_testing
