#!/usr/bin/env bash
# Has simulated STEDI customers take tests: into Redis, and the risk events on Kafka.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [-c CUSTOMERS] [-P PACE] [-q QUICK] [-s SEED] [-t TESTS] [-h]"
	cat <<'END'

Behaves as the STEDI application does while its simulation is switched on: writes customers and their tests into Redis,
and sends the risk events to the events topic. Waits for a Redis, a broker or a topic that is not there yet. Ctrl-C or
SIGTERM ends it, once every event is sent.

  -c, --customers N   how many customers (30)
  -P, --pace SECONDS  between two tests, fractions allowed (2)
  -q, --quick N       the first N tests follow each other without a pause
  -s, --seed N        random numbers: the same seed gives the same test times and scores (from the clock)
  -t, --tests N       end after so many tests (never)
  -h, --help          print this

environment:
END
	usage_of_kafka
	cat <<'END'
  EVENTS_TOPIC      topic for the risk events (stedi-events)
  REDIS_HOST        Redis to write to (localhost)
  REDIS_PORT        its port (6379)
  REDIS_DB          its database (0)
  REDIS_USER        user to log in as (Redis's default user)
  REDIS_PASSWORD    password to log in with (none)
  REDIS_TLS         yes or no (no); REDIS_TLS_CA, REDIS_TLS_CERT, REDIS_TLS_KEY are files: see redis-source(1)

exit status: 0 after TESTS, 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

for argument; do
	[[ $argument != -h && $argument != --help ]] || no_arguments --help
done
simulator=$(program stedi-simulator stedi-simulator)
# Wrong usage is better known before waiting for a broker: it comes before the help.
about=$(POSIXLY_CORRECT=1 "$simulator" "$@" --help) || exit 2
[[ $about == usage:* ]] || { echo "$about"; exit; } # the version, which is no event
wait_for_topic "$EVENTS_TOPIC" create

open_pipes events
start_source stedi-simulator "$simulator" --pad "$@" >&"${to[events]}"
start_producer "$EVENTS_TOPIC" <&"${from[events]}"
finish
