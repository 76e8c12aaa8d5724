#!/bin/bash
# The whole system in containers: it comes up by itself, the graph moves, and every service may be restarted.
# Needs a container engine with compose. With STAND_INS=1 the images of Kafka and Redis are not fetched: images of the
# same names are built, from the jars of Maven Central and from Debian's Redis.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
cd "$root" || give_up "no $root"
PATH=$root/tests/kafka:$PATH

tests/browser/install || give_up "no browser to look at the page with"

# Beside whatever else runs on this machine, a system of the user's own included
COMPOSE_PROJECT_NAME=stedi-pipes-test
KAFKA_PORT=$(free-port)
REDIS_PORT=$(free-port)
RISK_GRAPH_PORT=$(free-port)
export COMPOSE_PROJECT_NAME COMPOSE_PROGRESS=quiet KAFKA_PORT REDIS_PORT RISK_GRAPH_PORT
address=localhost:$KAFKA_PORT
page=http://127.0.0.1:$RISK_GRAPH_PORT/

leave() {
	local status=$?
	docker compose --profile '*' down --volumes --timeout 20 >"$work/down.log" 2>&1
	rm -rf "$work"
	exit "$status"
}

if ! docker compose version >/dev/null 2>&1 || ! docker info >/dev/null 2>&1; then
	give_up "no container engine with compose"
fi
trap leave EXIT
trap 'exit 143' TERM INT

stand_in() { # NAME FOLDER
	docker build --quiet --tag "$(docker compose config --images | grep "^$1:")" "$2" >/dev/null ||
		give_up "no stand-in for $1"
}
if [[ ${STAND_INS-} ]]; then
	jars=$(fetch-kafka) || give_up "no Kafka"
	cp -r "$here/kafka" "$work/kafka"
	cp -r "$jars" "$work/kafka/jars"
	stand_in apache/kafka "$work/kafka"
	stand_in redis "$here/redis"
fi

# The image

SECONDS=0
ok "the image is built by whichever service is wanted first" docker compose up --detach --no-deps risk-graph
docker compose down --timeout 20 >"$work/down.log" 2>&1
echo "# in $SECONDS s"
size() { docker image inspect --format '{{.Size}}' "$1"; }
all=$(size stedi-pipes) base=$(size debian:trixie-slim)
echo "# $((all / 1000000)) MB, of which Debian $((base / 1000000)) MB"
ok "it adds less than 25 MB to Debian's" test $((all - base)) -lt 25000000
ok "it runs as an ordinary user" docker run --rm stedi-pipes bash -c '((EUID))'
ok "it has no compiler" docker run --rm stedi-pipes bash -c '! type cc gcc make'

# Up

start=$(date +%s%N)
since() { echo $((($(date +%s%N) - $1) / 1000000)); }
node "$here/page.mjs" "$page" 1 >"$work/first" 2>"$work/first.err" &
first=$!
ok "docker compose up" docker compose up --detach
echo "# after $(since "$start") ms"
ok "the page shows a point" wait "$first"
echo "# $(since "$start") ms after docker compose up"
sed 's/^/# /' "$work/first.err"
ok "all services are healthy" docker compose up --detach --wait

services() { docker compose config --services | sort | xargs; }
ok "with the simulator" test "$(services)" = "kafka pipeline redis redis-source risk-graph simulator"
ok "or with the STEDI application in its place" test \
	"$(docker compose --profile stedi config --services | sort | xargs)" = \
	"kafka pipeline redis redis-source risk-graph stedi"
docker compose --profile stedi config --format json | jq -cS '.services.stedi |
	(.ports[0] | [.host_ip, .published, .target]), .environment' >"$work/stedi"
cat >"$work/expected" <<'END'
["127.0.0.1","4567",4567]
{"KAFKA_BROKER":"kafka:19092","KAFKA_RISK_TOPIC":"stedi-graph","REDIS_DB":"0","REDIS_HOST":"redis","REDIS_PORT":"6379"}
END
same "which is told where Kafka and Redis are" "$work/expected" "$work/stedi"
open_to() { docker compose ps --format '{{.Ports}}' | grep -o '[0-9.]*:[0-9]*->' | cut -d : -f 1 | sort -u; }
ok "every port is open to this machine only" test "$(open_to)" = 127.0.0.1

# Records

count_of() { # TOPIC
	local end
	end=$(kcat -Q -b "$address" -t "$1:0:-1" 2>/dev/null) && echo "${end##* }"
}
consume() { # TOPIC: what it holds by now; to its end would be for ever
	local count
	count=$(count_of "$1") && ((count)) && kcat -C -b "$address" -q -e -o beginning -c "$count" -t "$1"
}

# probe N: a customer and a risk event by hand, as the README has it
probe() {
	local email=probe-$1@test.com
	local customer="{\"customerName\":\"Probe\",\"email\":\"$email\",\"phone\":\"1\",\"birthDay\":\"1940-01-01\"}"
	docker compose exec -T redis redis-cli zadd Customer 0 "$customer" >/dev/null &&
		echo "{\"customer\":\"$email\",\"score\":-$1.5,\"riskDate\":\"2020-09-14T07:54:06.417Z\"}" |
		kcat -P -b "$address" -t stedi-events 2>"$work/probe"
}
is_out() {
	local email=probe-$1@test.com
	local record="{\"customer\":\"$email\",\"score\":\"-$1.5\",\"email\":\"$email\",\"birthYear\":\"1940\"}"
	consume stedi-graph | sed 's/,"position":.*/}/' | grep -xF "$record" >/dev/null
}
all_joined() { (($(count_of stedi-graph) >= $(count_of stedi-events))); }
grows_beyond() { (($(count_of stedi-graph) > $1)); }

probe 0
wait_for is_out 0
ok "a customer and an event sent by hand come out joined" test "$(consume stedi-graph | grep -c probe-0@)" = 1
joined=$(count_of stedi-graph)
wait_for grows_beyond "$joined"
ok "the simulator goes on" grows_beyond "$joined"
docker compose stop simulator >"$work/stop" 2>&1
wait_for all_joined
ok "no event came out twice" test "$(count_of stedi-graph)" = "$(count_of stedi-events)"
docker compose start simulator >"$work/start" 2>&1

# Restarts

works_after() { # WHAT N
	wait_for probe "$2"
	wait_for is_out "$2"
	ok "$1: the next event comes out" is_out "$2"
	ok "$1: the page shows it" node "$here/page.mjs" "$page" "$(count_of stedi-graph)"
}

n=1
for service in $(services); do
	docker compose restart "$service" >"$work/restart" 2>&1 || sed 's/^/# /' "$work/restart"
	works_after "restart of $service" $((n++))
done
pid_of() { docker inspect --format '{{.State.Pid}}' "$(docker compose ps --quiet "$1")"; }
for service in pipeline redis-source risk-graph; do
	kill -9 "$(pid_of "$service")"
	works_after "kill of $service" $((n++))
done
ok "all are healthy again" docker compose up --detach --wait --no-recreate

docker compose down --timeout 20 >"$work/down" 2>&1
docker compose up --detach --wait >"$work/up" 2>&1 || sed 's/^/# /' "$work/up"
ok "down and up again: the records are still there" test "$(count_of stedi-graph)" -ge "$joined"
ok "and so are the customers" test "$(docker compose exec -T redis redis-cli zcard Customer)" -gt 30

# Never double

ok "a second pipeline is refused" eval '! docker compose up --detach --scale pipeline=2'
ok "and one still runs" test "$(docker compose ps --quiet pipeline | wc -l)" = 1
ok "as for the Redis source" eval '! docker compose up --detach --scale redis-source=2'
docker compose up --detach --wait >"$work/up" 2>&1

# Idle

docker compose stop simulator >"$work/stop" 2>&1
in_pipeline() { docker compose exec -T pipeline "$@"; }
usage() { # nanoseconds on a processor, of its processes; the health check is no part of it
	in_pipeline sh -c 'cat /proc/[0-9]*/task/*/schedstat 2>/dev/null' | awk '{sum += $1} END {printf "%.0f\n", sum}'
}
memory() { # KiB
	in_pipeline sh -c 'cat /sys/fs/cgroup/memory/memory.stat 2>/dev/null || cat /sys/fs/cgroup/memory.stat' |
		awk '/^(total_rss|anon) / {print int($2 / 1024)}'
}
wait_for all_joined
before=$(usage)
start=$(date +%s%N)

# Windows, beside

for script in scripts/submit-*.cmd; do
	ok "${script##*/} ends its lines as Windows does" test "$(grep -c $'\r$' "$script")" = "$(wc -l <"$script")"
	command=$(sed -n 's/^docker compose exec pipeline \(.*\) %\*\r$/\1/p' "$script")
	ok "and runs what is in the container" docker compose exec -T pipeline "$command" --help
done

milliseconds=$(since "$start")
((milliseconds >= 10000)) || sleep "$(((10999 - milliseconds) / 1000))"
used=$(($(usage) - before)) # nanoseconds
milliseconds=$(since "$start")
memory=$(memory)
echo "# idle, the pipeline uses $((used / milliseconds / 1000)).$((used / milliseconds / 100 % 10)) thousandths of a core, and $memory KiB"
docker stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}}' | sed 's/^/# /'
ok "idle, the pipeline uses less than 1 % of a core" test "$used" -gt 0 -a "$((used / 10000))" -lt "$milliseconds"
ok "and less than 30 MiB" test "$memory" -lt 30720

done_testing
