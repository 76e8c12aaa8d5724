#!/bin/bash
# Whichever allocation fails, a filter says that memory is out and ends with status 2: it neither crashes nor blames a
# record for it.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
put_in_path redis-decode events-decode join
"${CC:-cc}" -std=c11 -Wall -Wextra -O2 -fPIC -shared -o fail_malloc.so "$root/tests/memory/fail_malloc.c" ||
	give_up "fail_malloc.c can't be compiled"

# read_all VARIABLE FILE: its bytes, without a program more; there are thousands of runs.
read_all() {
	IFS= read -rd '' "$1" <"$2" || true
}

# right PROGRAM: all but the last two lines is what it writes where memory lasts, as far as it came.
right() {
	local end="an allocation fails"$'\n'"$1: out of memory"$'\n'
	[[ $status == 2 && $err == *"$end" && $whole_err == "${err%"$end"}"* && $whole_out == "$out"* ]]
}

# fail_each PROGRAM [ARG ...]: with the first allocation failing, then the second one, until none is left to fail.
fail_each() {
	local status fails=0 whole_out whole_err out err
	"$@" >whole.out 2>whole.err
	read_all whole_out whole.out
	read_all whole_err whole.err
	[[ $whole_out ]] || { cat whole.err && return 1; }
	while true; do
		status=0
		FAIL_AT=$((fails + 1)) LD_PRELOAD=$work/fail_malloc.so "$@" >out 2>err || status=$?
		read_all out out
		read_all err err
		[[ $'\n'$err == *$'\nan allocation fails\n'* ]] || break
		fails=$((fails + 1))
		right "$1" || { echo "status $status when allocation $fails fails" && cat err && return 1; }
	done
	echo "$fails" >fails
	((fails > 5)) && cmp whole.out out && cmp whole.err err
}

# holds_out TITLE PROGRAM [ARG ...]
holds_out() {
	rm -f fails
	ok "$1" fail_each "${@:2}"
	[[ ! -e fails ]] || echo "# $(<fails) allocations"
}

# Customers with what has to be decoded in names and values
jose_and_ann() {
	customer jose@test.com 1950-12-31 'José \"Pepe\" N\u00fa\u00f1ez \ud83d\udc75\n'
	printf '{"customerNam\\u0065":"Ann","em\\u0061il":"%s","phone":"1","birthDay":"1951-01-01","é\\t":{"\\u00e9":["\\u00e9"]}}\n' \
		'jos\u0065@test.com' 'anñ@test.com'
}
jose_and_ann >customers
change <customers >changes
printf '{"k\\u0065y":"__Q3VzdG9tZXI=__","value":[{"element":"%s"}]}\n{"key":"Q3VzdG9tZXI=","value":"%s"}\n' \
	"$(head -n 1 customers | base64 -w 0)" "$(tail -n 1 customers | base64 -w 0)" >>changes
cat >events <<'END'
{"customer":"anñ@test.com","scor\u0065":"1.50","riskDate":"2020-09-14T07:54:06.417Z","é":[{"\"":"\u00e9"},{"\"":null}]}
{"customer":"jos\u00e9@test.com","score":2,"riskDate":"é\n","é":[]}
{"customer":"jos\u0065@test.com","score":3,"riskDate":null,"é":[{"\"":"é","n":[1]}]}
END
cat >bad <<'END'
{"customer":"é","score":"\u00e9"}
{"customer":"é
{"key":"Q3VzdG9tZXI=","zSetEntries":"\u00e9"}
{"key":"Q3VzdG9tZXI=","value":"%"}
{"key":"Q3VzdG9tZXI=","value":[{"element":"e30="}]}
END
# envelopes FILE: its records as payloads, with a key and a header
envelopes() {
	jq -cR '{topic: "é\t", partition: 0, offset: input_line_number, key: "\"é", headers: ["\"é\n", "é\""], payload: .}' "$1" |
		sed 's/payload/p\\u0061yload/; s/ñ/\\u00f1/g'
}
for name in changes events bad customers; do envelopes $name >$name.enveloped; done
{ cat changes bad && head -n 1 changes; } >changes.bad
{ cat events bad && head -n 1 events; } >events.bad

holds_out "redis-decode" redis-decode changes
holds_out "... with bad records" redis-decode -r rejects changes.bad
holds_out "... of envelopes" redis-decode -J -k 'C*' -k é -K email -w 'email=jose@test.com|"anñ@test.com"' \
	-f 'email!,"né"=@headers."\"é\n",at=@position,k=@key,"é\t"."\u00e9"[0]:string' changes.enveloped bad.enveloped
holds_out "events-decode" events-decode events
holds_out "... with bad records" events-decode -r rejects -p events.bad
holds_out "... of each element of an array" events-decode -e é -f 'customer,"a\"b"=é."\""!' events
holds_out "... of envelopes" events-decode -J -K customer -w '@key!=x|"\"\\u00e9\\n"' -w '!nothing' \
	-f 'customer,r=riskDate:string,@topic,@headers."\"é\n"' events.enveloped bad.enveloped
holds_out "join" join customers events
holds_out "... with bad records and events that never find their customer" join -i -a 2 -r rejects \
	-f '1.customerName,2."é",customer,score:string,email' customers events.bad
holds_out "... with events that are given up" join --max-pending 1 -r rejects customers events.bad
holds_out "... of envelopes" join -J -1 @key -2 customer -v 2 -f 'k=1.@key,v=2.@position,customer,2.@headers."\"é\n"' \
	customers.enveloped events.enveloped
printf '{"customer":"anñ@test.com","position":"e\\u003a0:%d"}\n' 1 2 9 5 >positioned
printf '{"customer":"jose@test.com","position":"e:0:%d"}\n' 1 3 >late
holds_out "... of what is loaded, and resumed" join -l customers -M 100M -R positioned --max-output 1000 -p -f 'customer,email' \
	customers late
done_testing
