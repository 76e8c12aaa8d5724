#!/usr/bin/env bash
# Shows the risk of the population by birth year at the terminal: kcat, events-decode and awk.
set -euo pipefail
# shellcheck source=kafka-pipe.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/kafka-pipe.sh"

usage() {
	echo "usage: $script [--help]"
	cat <<'END'

Shows count, mean and trend of the risk scores by birth year, from the beginning of the risk topic on. On a terminal the
table is drawn anew in place, at most once a second, until Ctrl-C; birth years share a line where there are too many for
it. Anywhere else the table is written once, of what the topic holds now.

  mean   in seconds, with its standard error: above zero the walk became faster, below zero slower, the higher risk
  trend  the mean of the last 10 of a birth year, less that of those before, where these are 10 too
  bar    a second each, to 12; an arrow says that there would be more

Repeats of a position are counted once. Waits for a broker or a topic that is not there yet.

environment:
END
	usage_of_kafka
	cat <<'END'
  KAFKA_RISK_TOPIC  topic of the risk records (stedi-graph)

exit status: 0; 128+signal when stopped; 1 when a part of the pipe failed, or a record was no assessment; 2 wrong usage
END
}

# The fields between the quotes of {"birthYear":"1963","score":28.5,"position":"stedi-events:0:1"}; a dot is the clock's.
# shellcheck disable=SC2016 # awk's own
report='
function signed(number,  text) {
	text = sprintf("%+.2f", number)
	return text ~ /^.0\.00$/ ? "0.00" : text
}

function bar(mean,  seconds, filled) {
	seconds = int((mean < 0 ? -mean : mean) + 0.5)
	filled = substr("############", 1, seconds)
	if (mean < 0) return sprintf("%12s|%12s", (seconds > 12 ? "<" substr(filled, 2) : filled), "")
	return sprintf("%12s|%-12s", "", (seconds > 12 ? substr(filled, 2) ">" : filled))
}

# The fewest years to a line with which the lines fit.
function share(  width, i, lines, taken, year) {
	for (i = 1; i <= 5; i++) {
		width = substr("010205102099", 2 * i - 1, 2) + 0
		lines = 0
		split("", taken)
		for (year in count) if (!taken[int(year / width)]++) lines++
		if (!rows || lines <= rows - 3) break
	}
	return width
}

function line(first, last,  year, n, total, square, new, news, mean, error, trend) {
	for (year = first; year <= last; year++) if (year in count) {
		n += count[year]; total += sum[year]; square += squares[year]
		if (count[year] >= 20) { new += recent[year]; news += 10 }
	}
	if (!n) return
	mean = total / n
	error = n > 1 ? sprintf("%.2f", sqrt((square - total * mean) / (n - 1) / n)) : ""
	trend = news ? signed(new / news - (total - new) / (n - news)) : ""
	printf "%-9s %8d %12s %9s %8s  %s%s\n", first == last ? first : first "-" last, n, signed(mean), error, trend, bar(mean), clear
}

function show(  width, year) {
	width = share()
	printf "%s%s: %d assessments%s%s\n", home, topic, all, all ? ", mean " signed(everything / all) " s" : "", clear
	printf "%-9s %8s %12s %9s %8s  %12s|%-12s%s\n", "born", "count", "mean, s", "+/-", "trend", "slower", "faster", clear
	for (year = int(1850 / width) * width; year < 2100; year += width) line(year, year + width - 1)
	printf "%s", below
	fflush()
	changed = 0
}

BEGIN {
	FS = "\""
	if (rows) { home = "\033[H"; clear = "\033[K"; below = "\033[J"; printf "\033[2J"; show() }
}
$0 == "." && changed { show() }
NF > 6 && !($10 != "" && seen[$10]++) {
	year = $4 + 0
	if (year < 1850 || year >= 2100) next
	score = substr($7, 2) + 0
	at = year " " count[year]++ % 10
	recent[year] += score - last[at]
	last[at] = score
	sum[year] += score; squares[year] += score * score
	everything += score; all++
	changed = 1
}
END { show() }
'

no_arguments "$@"
check_topic "$KAFKA_RISK_TOPIC"
decode=$(program events-decode ../events-decode)
awk=(awk)
rows=0
if [[ -t 1 ]]; then
	rows=$(tput lines 2>/dev/null) || rows=24
	[[ $(awk -W version 2>&1 </dev/null) != mawk* ]] || awk+=(-W interactive) # else it waits until its block is full
fi
wait_for_topic "$KAFKA_RISK_TOPIC"

open_pipes messages records
if ((rows)); then
	start_consumer "$KAFKA_RISK_TOPIC" >&"${to[messages]}"
	start_source clock bash -c 'while sleep 1; do echo .; done' >&"${to[records]}"
else
	start_source "reader of $KAFKA_RISK_TOPIC" "${kafka[@]}" "${consume[@]}" -e -J -t "$KAFKA_RISK_TOPIC" -o beginning \
		-X fetch.wait.max.ms=10 >&"${to[messages]}"
	passing[$!]=1
fi
# --pad: what it writes then ends where a record does, and the clock never comes amid one
start_filter events-decode "$decode" -J --pad -f 'birthYear!:string,score!:number,position' \
	<&"${from[messages]}" >&"${to[records]}"
start table "${awk[@]}" -v rows="$rows" -v topic="$KAFKA_RISK_TOPIC" "$report" <&"${from[records]}"
finish
