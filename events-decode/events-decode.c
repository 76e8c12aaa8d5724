/* events-decode: selects fields of JSON records. */
#include "decoder.h"

#define DEFAULT_FIELDS "customer!,score!:number,riskDate"

static const struct option options[] = {{"each", required_argument, NULL, 'e'}, {0}};

static const char *
take_option(void *own, int option, const char *argument)
{
	(void)option; /* there is but one */
	*(const char **)own = argument;
	return NULL;
}

static void
decode_event(struct decoder *decoder, struct record *record, struct slice json)
{
	decoder_put(decoder, record, json, NULL);
}

int
main(int argc, char *argv[])
{
	static struct decoder decoder = {.decode = decode_event};
	const char *each = NULL;
	struct cli cli = {
		.program = "events-decode",
		.synopsis = "usage: events-decode [-Jqz] [-e PATH] [-f LIST] [-K FIELD] [-m SIZE] [-p[N]] [-r FILE]\n"
			    "                     [-s[SECONDS]] [-w TEST] [FILE ...]\n",
		.help = "\nSelects fields of JSON records; by default " DEFAULT_FIELDS ".\n\n"
			"  -e, --each PATH        one output record for every element of the array at PATH\n",
		.letters = "e:",
		.options = options,
		.take = take_option,
		.own = &each,
	};
	cli_parse(&cli, argc, argv, &decoder.filter.options);
	decoder_compile(&decoder, &cli, each,
		decoder.filter.options.envelope ? DEFAULT_FIELDS ",position=@position" : DEFAULT_FIELDS);
	return decoder_run(&decoder, cli.program, argv + optind);
}
