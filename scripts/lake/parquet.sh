# shellcheck shell=bash
# How land makes Parquet of records, to be sourced: with DuckDB, and nothing that doesn't fit becomes null on the way.
#
# DuckDB reads JSON as declared in one of two ways. One stops at the first value that it can't convert; the other makes
# null of it. Both round to integers and decimals, make a date of what only starts with one, leave out the zone of a
# time, and pass over the keys that are not declared. So the structures of the records, which are few, are looked at
# first; only where they or the declared types give rise to doubt, or where the strict way stops, is each value looked
# at: it is lost where the lenient way made something else of it.
#
# From the caller: $duckdb, $table, $columns, $day, $batch, and the folder $work with the file records.

sql() {
	"$duckdb" -no-init -bail -batch -list -noheader
}

# read_json FILE COLUMNS
read_json() {
	printf "read_json(%s, format = 'newline_delimited', maximum_object_size = 67108864, %s)" "$(quoted "$1")" "$2"
}

settings() {
	cat <<-END
		set TimeZone = 'UTC';
		set temp_directory = $(quoted "$work/spill");
		set partitioned_write_max_open_files = 1000000; -- one file a day
		create table declared($columns);
	END
}

# check_columns sets $fields to what they are for read_json.
check_columns() {
	fields=$(
		sql <<-END
			$(settings)
			create table with_day as select ($day) as day from declared;
			select error('DAY is no date: ' || data_type) from duckdb_columns()
				where table_name = 'with_day' and data_type <> 'DATE';
			select error('COLUMNS has a column day, as the partition') from duckdb_columns()
				where table_name = 'declared' and lower(column_name) = 'day';
			select error('COLUMNS has a real, which rounds: take a double') from duckdb_columns()
				where table_name = 'declared' and regexp_matches(data_type, '\bFLOAT\b');
			select error('COLUMNS has a constraint: ' || constraint_text) from duckdb_constraints();
			select 'columns = {' || string_agg(format('"{}": ''{}''', replace(column_name, '"', '""'),
				replace(data_type, '''', '''''')), ', ' order by column_index) || '}'
				from duckdb_columns() where table_name = 'declared';
		END
	) || die "$table: COLUMNS or DAY is wrong"
}

# both_ways FILE: a view of the records, each as it is and as it would be landed.
both_ways() {
	cat <<-END
		set variable shape = (select json_group_object(column_name, data_type)
			from duckdb_columns() where table_name = 'declared');
		create view both_ways as select _found, json_transform(_found, getvariable('shape')) as _landed
			from $(read_json "$1" "records = false, columns = {_found: 'json'}");
	END
}

# to FILE: as lines, with a TAB between columns.
to() {
	printf "to %s (format csv, header false, delimiter '\t', quote '', escape '')" "$(quoted "$1")"
}

# look_at_structures names the keys that are not declared in $work/undeclared, and in $work/doubtful what may not fit.
look_at_structures() {
	sql <<-END
		$(settings)
		$(both_ways "$work/records")
		create table structures as select row_number() over () as n, * from (
			select distinct json_structure(_found) as found, json_structure(to_json(_landed)) as landed from both_ways);
		create macro kind(node) as case node.type when 'VARCHAR' then node.atom->>'\$' else node.type end;
		create table found as select n, t.id, t.fullkey, t.path, kind(t) as kind from structures, json_tree(found) t;
		create table landed as select n, t.fullkey, kind(t) as kind from structures, json_tree(landed) t;
		copy (
			select replace(substr(fullkey, 3), '[0]', '[]') from found
			where (n, path) in (select (n, fullkey) from landed join found using (n, fullkey)
					where landed.kind = 'OBJECT' and found.kind = 'OBJECT')
				and (n, fullkey) not in (select (n, fullkey) from landed)
			group by 1 order by min(id)) $(to "$work/undeclared");
		copy (
			select distinct fullkey from found f join landed l using (n, fullkey)
			where f.kind <> l.kind and f.kind <> 'NULL'
				and l.kind in ('NULL', 'OBJECT', 'ARRAY', 'BOOLEAN', 'BIGINT', 'UBIGINT')
			union all
			select data_type from duckdb_columns() where table_name = 'declared' and
				regexp_matches(replace(data_type, 'TIMESTAMP WITH TIME ZONE', ''), '\b(DATE|TIME|DECIMAL)'))
			$(to "$work/doubtful");
	END
}

# look_at_values FILE LINES-BEFORE: names the records of which a value would be lost, at any depth, or that have no day,
# in $work/unfit.part, as LINE<TAB>REASON.
look_at_values() {
	sql <<-END
		$(settings)
		$(both_ways "$1")
		create table records as select row_number() over () + $2 as _line, * from both_ways;
		create macro lost(found, type, landed) as case
			when type = 'BOOLEAN' then lower(found) not in ('true', 'false')
			when type in ('BIGINT', 'UBIGINT', 'DOUBLE')
				then try_cast(found as double) is distinct from cast(landed as double)
			when type <> 'VARCHAR' then true
			when regexp_matches(landed, '^\d\d:\d\d:\d\d')
				then not regexp_matches(found, '^\d\d?:\d\d(:\d\d(\.\d+)?)?$')
			when regexp_matches(landed, '^\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d+)?)?$')
				then try_cast(found as timestamptz) is distinct from cast(landed as timestamptz)
			else false end;
		create table misfits as
			select _line, found.id as _rank, concat_ws(': ', nullif(substr(fullkey, 3), ''), 'doesn''t fit',
				case found.type when 'OBJECT' then 'an object' when 'ARRAY' then 'an array'
				else left(found.atom, 100) end) as reason
			from (select _line, t.* from records, json_tree(_found) t where t.type <> 'NULL') found
			join (select _line, t.* from records, json_tree(to_json(_landed)) t) landed using (_line, fullkey)
			where (found.type <> landed.type or found.atom <> landed.atom)
				and lost(found.atom->>'\$', landed.type, landed.atom->>'\$');
		insert into misfits select _line, 1e18, 'has no day' from (select _line, unnest(_landed) from records)
			where try(($day)) is null;
		copy (select _line, arg_min(reason, _rank) from misfits group by _line order by _line)
			$(to "$work/unfit.part");
	END
}

# look_at_all_values: as the above, in pieces, because it takes memory.
look_at_all_values() {
	local piece lines=0
	split -l 10000 -a 6 -d -- "$work/records" "$work/piece."
	: >"$work/unfit"
	for piece in "$work"/piece.*; do
		look_at_values "$piece" "$lines" 2>"$work/duckdb.log" || die "$table: $(<"$work/duckdb.log")"
		cat -- "$work/unfit.part" >>"$work/unfit"
		lines=$((lines + 10000))
		rm -- "$piece"
	done
}

# say_undeclared: of objects, keys can be chosen; but what DECODER writes has to be in the table.
say_undeclared() {
	local keys
	if keys=$(grep -v '[].[]' "$work/undeclared" | paste -sd ' '); then
		die "$table: not in COLUMNS: $keys"
	elif keys=$(grep . "$work/undeclared" | paste -sd ' '); then
		say "$table: not in COLUMNS, left out: $keys"
	fi
}

# reject_unfit: moves the records named in $work/unfit to $work/rejects, byte for byte.
reject_unfit() {
	local line reason
	while IFS=$'\t' read -r line reason; do
		say "$table: record $line of $batch: $reason"
	done <"$work/unfit"
	LC_ALL=C awk -v rejects="$work/rejects" 'NR == FNR { unfit[$1]; next } FNR in unfit { print >>rejects; next } 1' \
		"$work/unfit" "$work/records" >"$work/records.new"
	mv -- "$work/records.new" "$work/records"
}

# write_files: $work/records to the folders day=... of $work/files; prints how many were written.
write_files() {
	rm -rf -- "$work/files"
	mkdir -- "$work/files"
	[[ -s $work/records ]] || { echo 0 && return; }
	sql <<-END
		$(settings)
		copy (select *, coalesce(($day), cast(error('has no day') as date)) as day
			from $(read_json "$work/records" "$fields"))
			to $(quoted "$work/files") (format parquet, compression zstd, partition_by (day), overwrite_or_ignore);
		select count(*) from read_parquet($(quoted "$work/files/*/*.parquet"));
	END
}

# write_parquet sets $written to the number of records.
write_parquet() {
	local line
	look_at_structures 2>"$work/duckdb.log" || die "$table: $(<"$work/duckdb.log")"
	say_undeclared
	if [[ -s $work/doubtful ]] || ! written=$(write_files 2>"$work/duckdb.log"); then
		look_at_all_values
		[[ ! -s $work/unfit ]] || reject_unfit
		until written=$(write_files 2>"$work/duckdb.log"); do
			line=$(sed -nE 's/.*JSON transform error in file .*, in line ([0-9]+): .*/\1/p' "$work/duckdb.log")
			[[ $line ]] || die "$table: $(<"$work/duckdb.log")"
			printf '%s\t%s\n' "$line" "$(sed -nE 's/.*, in line [0-9]+: //p' "$work/duckdb.log")" >"$work/unfit"
			reject_unfit
		done
	fi
	((written == $(wc -l <"$work/records"))) || die "$table: not every line that DECODER wrote is one JSON object"
}
