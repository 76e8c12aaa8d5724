#!/bin/bash
# "Debian 12 or newer": make demo, make install and make deb, each typed in a clean clone of what is committed, on a bare
# machine of either release, the package on another one, and make check on Debian 13. Such a machine is a folder from
# debootstrap that holds make and git, and nothing more. Takes root, and Debian's mirror and apt's settings from this machine.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export TMPDIR=${TMPDIR:-/var/tmp} # /tmp may be held in memory, and these folders are large
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
declare -A typed=([bookworm]="install package demo" [trixie]="install package demo check")
declare -A machines=() # process ids by release

# The first process in a namespace takes all others of it along when it ends, and their mounts go with the last.
leave() {
	local status=$? pid
	for pid in "${machines[@]}"; do
		# shellcheck disable=SC2046 # one word
		kill -KILL $(<"/proc/$pid/task/$pid/children") || kill -KILL "$pid"
	done 2>/dev/null
	wait
	rm -rf --one-file-system "$work"
	exit "$status"
}
trap leave EXIT
trap 'exit 143' TERM INT HUP

# came_to STATUS RELEASE STEP [LINE]: the step ended so, and wrote a line that is, or matches, LINE.
came_to() {
	local step=$work/$2/$3
	if [[ $(<"$step.status") == "$1" ]]; then
		(($# > 3)) || return 0
		! tr '\r' '\n' <"$step.log" | sed 's/\x1b\[K//' | grep -x -e "$4" >"$work/line" || return 0
	fi
	echo "expected status $1${4+ and $4}, found $(<"$step.status")"
	tail -n 60 "$step.log"
	return 1
}

((EUID == 0)) || give_up "this takes root: folders become machines, and things are mounted in them"
# shellcheck disable=SC2016 # apt's own variable
mirror_of_apt() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}
mirror=$(mirror_of_apt)
[[ $mirror ]] || { apt-get update -qq && mirror=$(mirror_of_apt); } # only then, for another apt-get may run beside
[[ $mirror ]] || give_up "apt has no source of Debian here"
set -a # debootstrap knows of no proxies but the environment's
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
set +a
git clone --quiet --bare "file://$root" "$work/stedi-pipes.git" || give_up "no clone"

for release in "${!typed[@]}"; do
	mkdir "$work/$release"
	# shellcheck disable=SC2086 # several words
	unshare --mount --pid --fork --kill-child --mount-proc \
		"$here/machine" "$release" "$mirror" "$work/stedi-pipes.git" "$work/$release" ${typed[$release]} \
		>"$work/$release/machine.log" 2>&1 </dev/null &
	machines[$release]=$!
done

customer=Santosh.Fibonnaci@test.com
joined="{\"customer\":\"$customer\",\"score\":\"28.5\",\"email\":\"$customer\",\"birthYear\":\"1963\"}"
live='{"customer":"[^"]*","score":"[^"]*","email":"[^"]*","birthYear":"19[0-9][0-9]","position":"stedi-events:0:[0-9]*"}'
for release in bookworm trixie; do
	wait "${machines[$release]}"
	echo "$?" >"$work/$release/machine.status"
	unset "machines[$release]"
	echo "# $release: after $SECONDS s"
	ok "$release: the machine is made, and does what is typed" came_to 0 "$release" machine
	ok "make filters asks for a compiler, and for no library" came_to 2 "$release" asked-filters \
		"missing: gcc libc6-dev (names of Debian's packages)"
	ok "... and needs nothing more" came_to 0 "$release" filters
	ok "make install asks for two libraries" came_to 2 "$release" asked \
		"missing: librdkafka-dev libssl-dev (names of Debian's packages)"
	ok "... and needs nothing more" came_to 0 "$release" installed
	ok "... and what is installed runs" came_to 0 "$release" run "$joined"
	ok "make deb asks for what makes a package" came_to 2 "$release" asked-deb "missing: dpkg-dev (names of Debian's packages)"
	ok "... and makes one" came_to 0 "$release" deb "dpkg-deb: building package 'stedi-pipes' in .*"
	ok "apt installs it" came_to 0 "$release" apt
	ok "... and what is installed runs by name" came_to 0 "$release" by-name "$joined"
	ok "... and has its pages" came_to 0 "$release" pages /usr/share/man/man1/stedi-submit-join.1.gz
	ok "... and its services join" came_to 0 "$release" serve "$live"
	ok "... and serve the page" came_to 0 "$release" serve '<title>Population risk by birth year.*'
	ok "apt purges it" came_to 0 "$release" purge
	ok "... and nothing is left" is "0 " "$(<"$work/$release/left.status") $(<"$work/$release/left.log")"
	ok "make demo shows joined records" came_to 130 "$release" demo "$live"
	ok "... and where the graph is" came_to 130 "$release" demo 'risk graph: http://127.0.0.1:[0-9]*/ | [0-9]* records | .*'
	ok "... until Ctrl-C" came_to 130 "$release" demo '.* risk scores were joined with birth years, .*'
	[[ ${typed[$release]} != *check ]] || ok "make check passes" came_to 0 "$release" check 'Result: PASS'
done
done_testing
