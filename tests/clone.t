#!/bin/bash
# A clone as Git for Windows makes it by default: every line would end in CR LF.
# shellcheck source-path=SCRIPTDIR
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/tap.sh
. "$root/tests/tap.sh"
trap 'rm -rf "$work"' EXIT

git clone --quiet -c core.autocrlf=true "file://$root" "$work/clone" || give_up "no clone"
cd "$work/clone" || give_up "no clone"

# with_cr PATHSPEC ...: tracked files that hold a CR where they are checked out.
with_cr() {
	git ls-files -z -- "$@" | xargs -0 grep -lI $'\r'
}

ok "no file has a CR" is "" "$(with_cr . ':!*.cmd' ':!tests/fuzz/corpus')"
ok "... but those of cmd.exe" is "$(git ls-files '*.cmd')" "$(with_cr '*.cmd')"
ok "... and what is to be fuzzed, byte for byte" diff -r "$root/tests/fuzz/corpus" tests/fuzz/corpus
ok "git sees no change" is "" "$(git status --porcelain)"
for script in scripts/*.sh; do
	[[ ! -x $script ]] || ok "$script starts" "$script" --help
done
done_testing
