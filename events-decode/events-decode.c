/* events-decode: selects fields of JSON records. */
#include "decoder.h"

#include <errno.h>

#define DEFAULT_FIELDS "customer!,score!:number,riskDate"

static const struct option own_options[] = {{"each", required_argument, NULL, 'e'}, {0}};

int
main(int argc, char *argv[])
{
	static struct decoder decoder = {.filter.options = DEFAULT_OPTIONS};
	const char *each = NULL;
	struct inner all = {0}; /* the record itself */
	struct cli cli = {
		.program = program_invocation_short_name,
		.synopsis = "[-Jqz] [-e PATH] [-f LIST] [-K FIELD] [-m SIZE] [-p[N]] [-r FILE]\n"
			    "[-s[SECONDS]] [-w TEST] [--max-output SIZE] [FILE ...]\n",
		.help = "\nSelects fields of JSON records; by default " DEFAULT_FIELDS ".\n\n"
			"  -e, --each PATH        one output record for every element of the array at PATH;\n"
			"                         . where each record is an array\n",
		.letters = "e:",
		.own = own_options,
		.options = &decoder.filter.options,
	};
	while (cli_next(&cli, argc, argv) == 'e')
		each = optarg;
	decoder_open(&decoder, &cli, each, DEFAULT_FIELDS, argv + optind);

	while (decoder_next(&decoder, &all.json)) /* from an input, out of its envelope */
		decoder_put(&decoder, &all);      /* JSON, tests, fields, to the output */
	return decoder_close(&decoder);
}
