#!/usr/bin/env bash
# Puts the changes of a Redis on Kafka.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [-k GLOB ...] [--max-output SIZE] [--poll SECONDS] [--help]"
	cat <<'END'

Sends what is in Redis, and then every change as it happens, to the Redis topic. Waits for a Redis, a broker or a
topic that is not there yet. Ctrl-C or SIGTERM ends it, once everything that was read is sent.

  -k, --key GLOB     send only keys that match (all; may be repeated). The pipeline of STEDI needs Customer
  --max-output SIZE  leave out longer messages, and let the producer send those that are not, as far as the topic's
                     max.message.bytes allows (2048 less than message.max.bytes in KCAT_CONFIG, or than 1000000)
  --poll SECONDS     read Redis every SECONDS instead: for one that no replica may follow

environment:
END
	usage_of_kafka
	cat <<'END'
  REDIS_TOPIC       topic for the changes of Redis (redis-server)
  REDIS_HOST        Redis to follow (localhost)
  REDIS_PORT        its port (6379)
  REDIS_DB          its database (0)
  REDIS_USER        user to log in as (Redis's default user)
  REDIS_PASSWORD    password to log in with (none)
  REDIS_TLS         yes or no (no); REDIS_TLS_CA, REDIS_TLS_CERT, REDIS_TLS_KEY are files: see redis-source(1)

exit status: 128+signal when stopped, 1 when a part of the pipe failed, 2 wrong usage
END
}

options=()
limit=
while (($#)); do
	[[ $1 != --*=* ]] || set -- "${1%%=*}" "${1#*=}" "${@:2}"
	case $1 in
	-h | --help) usage; exit ;;
	-k | --key | --max-output | --poll)
		(($# > 1)) || wrong_usage "$1 takes an argument"
		options+=("$1" "$2")
		[[ $1 != --max-output ]] || limit=$2
		shift
		;;
	*) refuse "$1" ;;
	esac
	shift
done
redis_source=$(program redis-source redis-source)
"$redis_source" "${options[@]}" --help >/dev/null || exit 2 # it reads its options before it helps
if [[ $limit ]]; then
	limit=$(numfmt --from=iec -- "${limit^^}")
	limit=$((limit + kcat_margin))
	kafka+=(-X "message.max.bytes=$((limit > 1000000000 ? 1000000000 : limit))")
else
	options+=(--max-output "$(message_limit)")
fi
wait_for_topic "$REDIS_TOPIC" create

open_pipes messages
start_source redis-source "$redis_source" --pad "${options[@]}" >&"${to[messages]}"
start_producer "$REDIS_TOPIC" <&"${from[messages]}"
finish
