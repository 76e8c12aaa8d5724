/* redis-decode: takes the JSON records out of changes of a Redis. */
#include "change.h"

#include <errno.h>

#define DEFAULT_FIELDS "customerName,email!,phone,birthDay!,birthYear=birthDay!:year"

static const struct option own_options[] = {
	{"each", required_argument, NULL, 'e'}, {"key", required_argument, NULL, 'k'}, {0}};

/* Each record of a change goes through JSON, tests and fields to the output. */
static void
put_change(struct decoder *decoder, struct change *change, struct slice message)
{
	struct inner record;
	struct reason reason;
	change_begin(change, message);
	for (;;)
		switch (change_next(change, &record, &reason)) {
		case CHANGE_RECORD:
			decoder_put(decoder, &record);
			break;
		case CHANGE_WRONG:
			filter_reject(&decoder->filter, &reason);
			break;
		case CHANGE_SKIPPED:
			decoder->filter.report.skipped++;
			break;
		case CHANGE_END:
			return;
		}
}

int
main(int argc, char *argv[])
{
	static struct decoder decoder = {.filter.options = DEFAULT_OPTIONS};
	static struct change change;
	const char *each = NULL;
	struct slice message;
	struct cli cli = {
		.program = program_invocation_short_name,
		.synopsis = "[-Jqz] [-e PATH] [-f LIST] [-K FIELD] [-k GLOB] [-m SIZE] [-p[N]]\n"
			    "[-r FILE] [-s[SECONDS]] [-w TEST] [--max-output SIZE] [FILE ...]\n",
		.help = "\nTakes the JSON records out of changes of a Redis; by default selects\n" DEFAULT_FIELDS
			".\n\n"
			"  -k, --key GLOB         Redis keys to read (default Customer; may be repeated)\n"
			"  -e, --each PATH        one output record for every element of the array at PATH;\n"
			"                         . where each record is an array\n",
		.letters = "e:k:",
		.own = own_options,
		.options = &decoder.filter.options,
	};
	change_open(&change);
	for (int option; (option = cli_next(&cli, argc, argv)) != -1;)
		switch (option) {
		case 'e':
			each = optarg;
			break;
		case 'k':
			globs_add(&change.wanted, optarg);
			break;
		}
	bool asked = change.wanted.count > 0;
	if (!asked)
		globs_add(&change.wanted, "Customer");
	decoder_open(&decoder, &cli, each, DEFAULT_FIELDS, argv + optind);

	while (decoder_next(&decoder, &message)) /* from an input, out of its envelope */
		put_change(&decoder, &change, message);
	if (asked && !decoder.filter.options.quiet)
		globs_say_unmatched(&change.wanted, cli.program);
	change_close(&change);
	return decoder_close(&decoder);
}
