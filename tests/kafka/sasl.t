#!/bin/bash
# A secured cluster: KCAT_CONFIG is all it takes.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"

stedi_messages 10 100
start_kafka --sasl

refused() {
	! KCAT_CONFIG=/dev/null kcat -L -m 3 -b "$KAFKA_BROKER" && ! kcat -F "$1" -L -m 3 -b "$KAFKA_BROKER"
}
sed 's/^sasl.password=.*/sasl.password=guess/' kafka/client.conf >guess.conf
ok "nobody comes in without TLS, or with another password" refused guess.conf

export KCAT_CONFIG=$work/kafka/client.conf
start pipeline submit-event-kafkajoin.sh
produce redis-server <redis.ndjson 2>producer.err
produce stedi-events <events.ndjson 2>>producer.err
wait_for holds stedi-graph 100
stop TERM "$pid"
consume stedi-graph 2>consumer.err | without_positions | sort >actual
sort joined.ndjson >expected
same "the join works by SASL/PLAIN over TLS" expected actual
done_testing
