#!/bin/bash
# The notebook, run on what was landed from Apache Kafka, finds in it what is in the events, and draws it.
# shellcheck source=tests/system.sh
. "$(dirname "$0")/../system.sh"
cases=$root/tests/game-events/notebook
notebook=$root/scripts/game-events/purchases.ipynb
export LAKE=$work/lake
unset GAME_TOPIC

[[ -x $root/build/notebook/bin/python3 ]] || give_up "no build/notebook: run scripts/need-packages.sh notebook"
start_kafka

# 2,000 events around a midnight, and one of two days earlier
perl >events <<'END'
	my @types = (("purchase_sword") x 9, ("purchase_shield") x 5, ("purchase_spear") x 3, ("purchase_potion") x 7,
		"join_guild", "default");
	my @hosts = (map("user$_.comcast.com", 1 .. 12), '$x^$ \\"q\\" <b>', "long" x 100, "tab\\there\\u0000", "");
	for my $n (0 .. 2000) {
		my $type = $types[$n * 7919 % @types];
		my $time = $n ? 1516748000.25 + $n * 4241 % 9000 : 1516600000;
		my $host = $n % 3 ? $hosts[$n * 31 % 4] : $n % 5 ? $hosts[$n * 17 % @hosts] : $hosts[-1 - $n % 4];
		my $description = $type =~ /potion/ ? ',"description":"heals you for 50 hp"' : "";
		printf qq({"event_type":"%s","event_ts":%.3f,"Host":"%s","User-Agent":"ApacheBench/2.3","Accept":"*/*"%s,) .
			qq("request_id":"%032x"}\n), $type, $time, $host, $description, $n;
	}
END
produce "events" <events
"$root/scripts/game-events/land" >landed || give_up "nothing was landed"

# run_notebook RESULTS: and writes its charts to the folder charts.
run_notebook() {
	mkdir -p charts
	"$root/build/notebook/bin/python3" "$cases/execute" "$notebook" charts >"$1"
}

ok "the notebook runs" run_notebook results
jq -s -f "$cases/expected.jq" events >expected
for figure in item minute host; do
	jq -c ".${figure}[]" expected >wanted
	jq -c ".${figure}[]" results >actual
	same "purchases per $figure" wanted actual
	jq -c ".bars.${figure}[]" expected >wanted
	jq -c ".bars.${figure}[]" results >actual
	same "... which are what the chart's bars are long" wanted actual
done
ok "the purchases of several days and items are there" jq -e \
	'([.item[][1]] | add) > ([.minute[][1:] | add] | add) and (.item | length) == 4 and (.minute | length) > 100' results
jq -c '.charts[]' results >actual
cat >wanted <<END
["Purchases per item","","purchases"]
["Purchases per minute","time (UTC)","purchases"]
["Purchases per host","purchases; 6 other hosts made $(jq '[.host[10:][][1]] | add' expected) more",""]
END
same "the charts say what they show" wanted actual
ok "three charts are drawn" test "$(head -qc 4 charts/*.png | tr -d '\211')" = PNGPNGPNG -a \
	"$(find charts -size +8k | wc -l)" = 3
ok "names of hosts are short, and of plain letters" jq -e '.names | any(startswith("longlong")) and
	any(. == "tab?here?") and any(. == "(none)") and all(length <= 32)' results
ok "the notebook warns of nothing" jq -e '.warnings == []' results
ok "it says how many purchases there are" grep -q "$(jq '[.item[][1]] | add' expected) " <(jq -r '.texts[0]' results)

# what is stored

ok "the notebook is stored without outputs" jq -e \
	'[.cells[] | select(.cell_type == "code") | .outputs == [] and .execution_count == null] | all' "$notebook"

# little data

rm -rf "$LAKE"
grep -m 1 purchase_spear events | produce one
GAME_TOPIC=one "$root/scripts/game-events/land" >landed || give_up "nothing was landed"
ok "a single purchase is enough" run_notebook results
ok "... and found" jq -e '.item == [["spear", 1]] and .bars.minute == [0, 0, 1, 0] and .warnings == []' results
rm -rf "$LAKE"
run_notebook results 2>err
ok "without any the notebook says what to do" grep -q "no purchases in the lake $LAKE: run .*/land" err
done_testing
