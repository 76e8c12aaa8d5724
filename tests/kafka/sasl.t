#!/bin/bash
# A secured cluster: KCAT_CONFIG is all it takes.
# shellcheck source-path=SCRIPTDIR disable=SC2317
source "$(dirname "$0")/lib.sh"

cd "$work" || bail_out "no folder to work in"
stedi_messages 10 100
start_kafka --sasl

refused() {
	! KCAT_CONFIG=/dev/null kcat -L -m 3 -b "$address" && ! kcat -F "$1" -L -m 3 -b "$address"
}
sed 's/^sasl.password=.*/sasl.password=guess/' kafka/client.conf >guess.conf
ok "nobody comes in without TLS, or with another password" refused guess.conf

export KCAT_CONFIG=$work/kafka/client.conf
start_pipeline
produce redis-server <redis.ndjson 2>producer.err
produce stedi-events <events.ndjson 2>>producer.err
wait_for 120 holds stedi-graph 100
stop_pipeline
consume stedi-graph 2>consumer.err | sort >actual
sort joined.ndjson >expected
same "the join works by SASL/PLAIN over TLS" expected actual
done_testing
