# shellcheck shell=bash
# What the scripts of the lake share, to be sourced behind kafka-pipe.sh: where the lake is, and DuckDB.

: "${LAKE:=lake}"

# find_duckdb sets $duckdb. What PyPI brings is the program, and a script in Python that calls it, which is not needed.
find_duckdb() {
	duckdb=$(type -P duckdb) ||
		duckdb=$(compgen -G "$here/../build/lake/lib/python3*/site-packages/duckdb_cli/duckdb") ||
		die "duckdb is missing: run scripts/need-packages.sh lake"
}

# quoted TEXT prints it as a string of SQL.
quoted() {
	printf "'%s'" "${1//\'/\'\'}"
}
