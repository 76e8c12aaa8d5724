/* join: joins two live streams of JSON records by key. */
#include "match.h"
#include "number.h"

#include <limits.h>
#include <string.h>

#define DEFAULT_FIELDS "customer,score:string,email,birthYear:string"

enum { MAX_PENDING = 256 };

static const struct option own_options[] = {
	{"max-pending", required_argument, NULL, MAX_PENDING}, {"ignore-case", no_argument, NULL, 'i'}, {0}};

static void
take_options(struct join *join, struct cli *cli, int argc, char *argv[])
{
	const char *table_key = "email", *event_key = "customer";
	for (int option; (option = cli_next(cli, argc, argv)) != -1;)
		switch (option) {
		case '1':
			table_key = optarg;
			break;
		case '2':
			event_key = optarg;
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
			table_key = event_key = optarg;
			break;
		case MAX_PENDING:
			if (!parse_number(optarg, 0, LLONG_MAX, &join->max_pending))
				cli_refuse(cli, "expected a number of events");
			break;
		}
	struct paths *paths = &join->filter.paths;
	paths_open(paths, join->filter.options.envelope, true);
	const char *wrong = paths_parse_side(paths, TABLE, table_key, &join->table_key);
	if (wrong != NULL)
		cli_wrong(cli, "-1", table_key, wrong);
	wrong = paths_parse_side(paths, EVENTS, event_key, &join->event_key);
	if (wrong != NULL)
		cli_wrong(cli, "-2", event_key, wrong);
}

int
main(int argc, char *argv[])
{
	static struct join join = {.filter.options = DEFAULT_OPTIONS, .max_pending = 1000000};
	struct cli cli = {
		.program = "join",
		.synopsis =
			"usage: join [-Jiqz] [-1 PATH] [-2 PATH] [-a 2] [-f LIST] [-j PATH] [-K FIELD] [-m SIZE]\n"
			"            [-p[N]] [-r FILE] [-s[SECONDS]] [-v 2] [-w TEST] [--max-pending N] TABLE EVENTS\n",
		.help = "\nJoins two live streams of JSON records by key; each event comes out once, with the latest\n"
			"record of its key in TABLE. By default the fields are\n" DEFAULT_FIELDS ".\n\n"
			"  -1 PATH                key in TABLE (default email)\n"
			"  -2 PATH                key in EVENTS (default customer)\n"
			"  -j PATH                key in both\n"
			"  -i, --ignore-case      ignore ASCII case in keys\n"
			"  -a 2                   also write events that never found their key\n"
			"  -v 2                   write only those\n"
			"      --max-pending N    at most N events wait for their key (default 1000000)\n",
		.letters = "1:2:a:ij:v:",
		.own = own_options,
		.options = &join.filter.options,
	};
	take_options(&join, &cli, argc, argv);
	if (argc - optind != 2)
		cli_wrong(&cli, "operands", NULL, "expected TABLE and EVENTS");
	if (strcmp(argv[optind], "-") == 0 && strcmp(argv[optind + 1], "-") == 0)
		cli_wrong(&cli, "operands", NULL, "only one of TABLE and EVENTS can be standard input");
	filter_compile(&join.filter, &cli, DEFAULT_FIELDS,
		join.filter.options.envelope ? "position=2.@position" : "position=2.position");
	return match_run(&join, argv[optind], argv[optind + 1]);
}
