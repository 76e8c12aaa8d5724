/* redis-decode: takes the JSON records out of changes of a Redis. */
#include "change.h"
#include "memory.h"

#include <stdlib.h>

#define DEFAULT_FIELDS "customerName,email!,phone,birthDay!,birthYear=birthDay!:year"

struct own_options {
	const char *each;
	struct change change;
};

static const struct option options[] = {
	{"each", required_argument, NULL, 'e'}, {"key", required_argument, NULL, 'k'}, {0}};

static void
add_pattern(struct change *change, const char *pattern)
{
	change->patterns = need(reallocarray(change->patterns, change->pattern_count + 1, sizeof(*change->patterns)));
	change->patterns[change->pattern_count++] = pattern;
}

static const char *
take_option(void *own, int option, const char *argument)
{
	struct own_options *taken = own;
	if (option == 'e')
		taken->each = argument;
	else
		add_pattern(&taken->change, argument);
	return NULL;
}

int
main(int argc, char *argv[])
{
	static struct own_options own;
	static struct decoder decoder = {.decode = change_decode, .own = &own.change};
	struct cli cli = {
		.program = "redis-decode",
		.synopsis = "usage: redis-decode [-Jqz] [-e PATH] [-f LIST] [-K FIELD] [-k GLOB] [-m SIZE] [-p[N]]\n"
			    "                    [-r FILE] [-s[SECONDS]] [-w TEST] [FILE ...]\n",
		.help = "\nTakes the JSON records out of changes of a Redis; by default selects\n" DEFAULT_FIELDS
			".\n\n"
			"  -k, --key GLOB         Redis keys to read (default Customer; may be repeated)\n"
			"  -e, --each PATH        one output record for every element of the array at PATH\n",
		.letters = "e:k:",
		.options = options,
		.take = take_option,
		.own = &own,
	};
	cli_parse(&cli, argc, argv, &decoder.filter.options);
	if (own.change.pattern_count == 0)
		add_pattern(&own.change, "Customer");
	decoder_compile(&decoder, &cli, own.each, DEFAULT_FIELDS);
	change_open(&own.change);
	int status = decoder_run(&decoder, cli.program, argv + optind);
	change_close(&own.change);
	return status;
}
