/* join: joins two live streams of JSON records by key. */
#include "count.h"
#include "match.h"

#include <limits.h>
#include <string.h>

#define DEFAULT_FIELDS "customer,score:string,email,birthYear:string"

enum { MAX_PENDING = 256 };

struct own_options {
	struct join join;
	const char *table_key, *event_key;
};

static const struct option options[] = {
	{"max-pending", required_argument, NULL, MAX_PENDING}, {"ignore-case", no_argument, NULL, 'i'}, {0}};

static const char *
take_option(void *own, int option, const char *argument)
{
	struct own_options *taken = own;
	switch (option) {
	case '1':
		taken->table_key = argument;
		return NULL;
	case '2':
		taken->event_key = argument;
		return NULL;
	case 'a':
	case 'v':
		taken->join.put_unmatched = true;
		taken->join.only_unmatched |= option == 'v';
		return strcmp(argument, "2") == 0 ? NULL : "only 2, the events, can be written without a match";
	case 'i':
		taken->join.any_case = true;
		return NULL;
	case 'j':
		taken->table_key = taken->event_key = argument;
		return NULL;
	default: /* --max-pending */
		return parse_count(argument, 0, LLONG_MAX, &taken->join.max_pending) ? NULL
										     : "expected a number of events";
	}
}

static void
compile(struct own_options *own, const struct cli *cli)
{
	struct filter *filter = &own->join.filter;
	const char *fields = filter->options.envelope ? DEFAULT_FIELDS ",position=2.@position"
						      : DEFAULT_FIELDS ",position=2.position";
	paths_open(&filter->paths, filter->options.envelope, true);
	const char *wrong = paths_parse_side(&filter->paths, TABLE_RECORD, own->table_key, &own->join.table_key);
	if (wrong != NULL)
		cli_wrong(cli, "-1", own->table_key, wrong);
	wrong = paths_parse_side(&filter->paths, RECORD, own->event_key, &own->join.event_key);
	if (wrong != NULL)
		cli_wrong(cli, "-2", own->event_key, wrong);
	filter_compile(filter, cli, fields);
	if (filter->options.fields == NULL)
		fields_named(&filter->fields, "position")->optional = true;
	match_open(&own->join);
}

int
main(int argc, char *argv[])
{
	static struct own_options own = {.join.max_pending = 1000000, .table_key = "email", .event_key = "customer"};
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
		.options = options,
		.take = take_option,
		.own = &own,
	};
	cli_parse(&cli, argc, argv, &own.join.filter.options);
	if (argc - optind != 2)
		cli_wrong(&cli, "operands", NULL, "expected TABLE and EVENTS");
	if (strcmp(argv[optind], "-") == 0 && strcmp(argv[optind + 1], "-") == 0)
		cli_wrong(&cli, "operands", NULL, "only one of TABLE and EVENTS can be standard input");
	compile(&own, &cli);
	return match_run(&own.join, argv[optind], argv[optind + 1]);
}
