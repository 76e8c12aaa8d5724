# shellcheck shell=bash
# What the scripts of the lake share, to be sourced behind kafka-pipe.sh: where the lake is, and DuckDB.

: "${LAKE:=lake}"

# find_duckdb sets $duckdb.
find_duckdb() {
	duckdb=$(type -P duckdb) || duckdb=$here/../build/lake/bin/duckdb
	[[ -x $duckdb ]] || die "duckdb is missing: run scripts/need-packages.sh lake"
}

# quoted TEXT prints it as a string of SQL.
quoted() {
	printf "'%s'" "${1//\'/\'\'}"
}
