# What the notebook has to find in the game's events.
def minute: (.event_ts / 60 | floor) * 60 | strftime("%Y-%m-%dT%H:%M");
def tally(key): group_by(key) | map([(.[0] | key), length]) | sort_by([-.[1], .[0]]);

map(select(.event_type | startswith("purchase_")) | .event_type |= ltrimstr("purchase_"))
| (map(.event_ts) | max) as $last
| {
	item: tally(.event_type),
	minute: [map(select(.event_ts > $last - 86400)) | group_by(minute)[]
		| [(.[0] | minute), (("sword", "shield", "spear", "potion") as $item | map(select(.event_type == $item)) | length)]],
	host: tally(if .Host == "" then null else .Host end)
}
| .bars = {
	item: (.item | map(.[1])),
	minute: ([.minute | transpose[1:][][]]),
	host: (.host[:10] | map(.[1]))
}
