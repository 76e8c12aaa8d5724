/* join: joins two live streams of JSON records by key. */
#include "memory.h"
#include "number.h"
#include "streams.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FIELDS "customer,score:string,email,birthYear:string"

#define MOST_MEMORY ((size_t)1 << 50)

enum { MAX_PENDING = 256 }; /* beyond the letters */

static const struct option own_options[] = {{"ignore-case", no_argument, NULL, 'i'},
	{"load", required_argument, NULL, 'l'}, {"max-memory", required_argument, NULL, 'M'},
	{"max-pending", required_argument, NULL, MAX_PENDING}, {"resume", required_argument, NULL, 'R'}, {0}};

/* The paths beside those of fields and tests. */
struct keys {
	const char *table, *event;
};

static const struct keys default_keys = {"email", "customer"};

static void
add_load(struct streams *streams, const char *name)
{
	streams->load = need(reallocarray(streams->load, streams->load_count + 1, sizeof(*streams->load)));
	streams->load[streams->load_count++] = name;
}

static void
take_options(struct join *join, struct streams *streams, struct keys *keys, struct cli *cli, int argc, char *argv[])
{
	for (int option; (option = cli_next(cli, argc, argv)) != -1;)
		switch (option) {
		case '1':
			keys->table = optarg;
			break;
		case '2':
			keys->event = optarg;
			break;
		case 'M':
			join->max_memory = cli_size(cli, MOST_MEMORY, "expected a size such as 500M or 8G");
			break;
		case 'R':
			streams->resume = optarg;
			break;
		case 'a':
		case 'v':
			join->put_unmatched = true;
			join->only_unmatched |= option == 'v';
			if (strcmp(optarg, "2") != 0)
				cli_refuse(cli, "only 2, the events, can be written without a match");
			break;
		case 'i':
			join->any_case = true;
			break;
		case 'j':
			keys->table = keys->event = optarg;
			break;
		case 'l':
			add_load(streams, optarg);
			break;
		case MAX_PENDING:
			if (!parse_number(optarg, 0, LLONG_MAX, &join->max_pending))
				cli_refuse(cli, "expected a number of events");
			break;
		}
}

static void
take_operands(struct streams *streams, const struct cli *cli, int count, char *operands[])
{
	if (count != 2 && !(count == 1 && streams->load_count > 0))
		cli_wrong(cli, "operands", NULL, "expected TABLE and EVENTS (with --load, TABLE may be left out)");
	if (count == 2 && strcmp(operands[0], "-") == 0 && strcmp(operands[1], "-") == 0)
		cli_wrong(cli, "operands", NULL, "only one of TABLE and EVENTS can be standard input");
	streams->table = count == 2 ? operands[0] : NULL;
	streams->events = operands[count - 1];
}

static void
compile(struct join *join, const struct streams *streams, const struct keys *keys, const struct cli *cli)
{
	struct paths *paths = &join->filter.paths;
	bool enveloped = join->filter.options.envelope;
	const char *position = enveloped ? "@position" : "position";
	paths_open(paths, enveloped, true);
	paths->expected = keys->table != default_keys.table;
	const char *wrong = paths_parse_side(paths, TABLE, keys->table, &join->table_key);
	if (wrong != NULL)
		cli_wrong(cli, "-1", keys->table, wrong);
	paths->expected = keys->event != default_keys.event;
	wrong = paths_parse_side(paths, EVENTS, keys->event, &join->event_key);
	if (wrong != NULL)
		cli_wrong(cli, "-2", keys->event, wrong);
	paths->expected = false;
	if (streams->load_count > 0)
		paths_parse_side(paths, TABLE, position, &join->table_position);
	if (streams->resume != NULL)
		paths_parse_side(paths, EVENTS, position, &join->event_position);
	filter_compile(&join->filter, cli, DEFAULT_FIELDS, enveloped ? "position=2.@position" : "position=2.position");
}

int
main(int argc, char *argv[])
{
	static struct join join = {.filter.options = DEFAULT_OPTIONS, .max_pending = 1000000};
	struct streams streams = {0};
	struct keys keys = default_keys;
	struct cli cli = {
		.program = program_invocation_short_name,
		.synopsis = "[-Jiqz] [-1 PATH] [-2 PATH] [-a 2] [-f LIST] [-j PATH] [-K FIELD] [-l FILE]\n"
			    "[-M SIZE] [-m SIZE] [-p[N]] [-R FILE] [-r FILE] [-s[SECONDS]] [-v 2] [-w TEST]\n"
			    "[--max-output SIZE] [--max-pending N] [TABLE] EVENTS\n",
		.help = "\nJoins two live streams of JSON records by key; each event comes out once, with the latest\n"
			"record of its key in TABLE. By default the fields are\n" DEFAULT_FIELDS ".\n\n"
			"  -1 PATH                key in TABLE (default email)\n"
			"  -2 PATH                key in EVENTS (default customer)\n"
			"  -j PATH                key in both\n"
			"  -i, --ignore-case      ignore ASCII case in keys\n"
			"  -a 2                   also write events that never found their key\n"
			"  -v 2                   write only those\n"
			"  -l, --load FILE        read records of TABLE in FILE to their end before all else (may be "
			"repeated)\n"
			"  -R, --resume FILE      don't write events again whose position is in FILE's records\n"
			"      --max-pending N    at most N events wait for their key (default 1000000)\n"
			"  -M, --max-memory SIZE  most that the table and what waits for it may take\n",
		.letters = "1:2:M:R:a:ij:l:v:",
		.own = own_options,
		.options = &join.filter.options,
	};
	take_options(&join, &streams, &keys, &cli, argc, argv);
	take_operands(&streams, &cli, argc - optind, argv + optind);
	compile(&join, &streams, &keys, &cli);
	int status = streams_run(&join, cli.program, &streams);
	free(streams.load);
	return status;
}
