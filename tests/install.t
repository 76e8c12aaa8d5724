#!/bin/bash
# What make install brings: names, pages, completions, and services, which systemd judges.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
trap 'rm -rf "$work"' EXIT
cd "$work" || give_up "no folder to work in"
make -s -C "$root" install PREFIX="$work" >log 2>&1 || give_up "make install: $(tail -n 3 log)"
PATH=$work/bin:$PATH
names=$(cd bin && echo *)
unset PROGRAMS # these are installed

# calls_itself NAME PROGRAM: in its usage, and when it refuses, where what is said may be its program's.
calls_itself() {
	local said
	said=$("$1" --help | sed -n 1p; "$1" --no-such-option 2>&1 >&-)
	echo "$said"
	[[ $said == "usage: $1 "*$'\n'"$2: "*"Try '$2 --help'." ]]
}

for name in $names; do
	man -M share/man "$name" >page 2>err # of how it sets lines, groff says more with each version; mandoc judges pages
	ok "man $name shows its page" grep -qw -- "$name" page
	ok "$name calls itself so" calls_itself "$name" "${name/submit-simulator/simulator}"
done
ok "stedi-join tells its version so, too" is "stedi-join (stedi-pipes)" "$(stedi-join --version | cut -d' ' -f1-2)"

# complete_in_bash WORD ...: what bash makes of the last one.
complete_in_bash() {
	# shellcheck disable=SC2016 # for the other bash
	bash -c '. "share/bash-completion/completions/$1" && [[ $(complete -p "$1") =~ -F\ ([^ ]+) ]] || exit
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && "${BASH_REMATCH[1]}" "$1" && echo "${COMPREPLY[*]}"' bash "$@"
}

# complete_in_zsh LINE ...: what zsh makes of each, on a terminal, where TAB is pressed behind it.
complete_in_zsh() {
	local keys screen line
	mkfifo keys screen
	TERM=vt100 script -qec "zsh -f" /dev/null <keys >screen &
	exec {keys}>keys {screen}<screen
	rm keys screen
	cat >&"$keys" <<-END
		fpath=('$work/share/zsh/site-functions' \$fpath); autoload -Uz compinit; compinit -D; zstyle ':completion:*' insert-tab no
		for name in $names; do functions[\$name]='if [[ \$1 == --help ]]; then command \$0 \$1; else echo completed: \$0 \$*; fi'; done
		echo read''y
	END
	sed -u '/^ready/q' <&"$screen" >screen.log # before, keys would not go to its editor
	for line; do # one by one, for an end of what is typed ends a shell that has not read it yet
		printf '%s\t\n' "$line" >&"$keys"
		sed -u '/^completed: /q' <&"$screen" >>screen.log
	done
	echo exit >&"$keys"
	exec {keys}>&- {screen}<&-
	tr -d '\r' <screen.log | sed -n 's/^completed: //p'
}

for name in $names; do
	ok "bash completes $name --hel" is --help "$(complete_in_bash "$name" --hel)"
done
completed=("redis-decode --each" "events-decode --envelope" "stedi-join --resume" "redis-source --poll" "stedi-simulator --quick"
	"embedded-broker --version" "stedi-submit-join --supervise" "stedi-submit-redis-source --max-output"
	"stedi-submit-simulator --customers")
ok "zsh completes options, too" is "$(printf '%s\n' "${completed[@]}")" "$(complete_in_zsh "${completed[@]%??}")"
ok "bash offers all that begin so" is "--max-memory --max-output --max-pending --max-record" "$(complete_in_bash stedi-join --max-)"
ok "... and options of a letter" says <(complete_in_bash stedi-join - | tr ' ' '\n') -1
ok "... and files where there is no dash" is "" "$(complete_in_bash stedi-join tab)"

# understood UNIT: systemd has nothing to say of it, which would be an error or not.
understood() {
	systemd-analyze verify --man=no "./$1" >said 2>&1 && ! grep -F "${1##*/}" said
}

for unit in lib/systemd/system/*.service; do
	ok "systemd takes ${unit##*/}" understood "$unit"
	ok "... and finds little that it is exposed to" \
		systemd-analyze security --offline=yes --threshold=30 --no-pager "./$unit"
	ok "... and notes what it says, though not what it writes" \
		test "$(grep -c '^StandardOutput=null' "$unit")" = "$(grep -c '^StandardError=journal' "$unit")"
done
done_testing
