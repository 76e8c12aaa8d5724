#include "cli.h"

#include "memory.h"
#include "number.h"
#include "output.h"
#include "usage.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char common_help[] =
	"  -f, --fields LIST      fields of an output record: [NAME=]PATH[!][:TYPE],...\n"
	"                         . is the whole record\n"
	"  -w, --where TEST       keep a record only where PATH=V[|V...], PATH!=V[|V...], PATH<V, <=, >, >=,\n"
	"                         PATH or !PATH\n"
	"  -J, --envelope         records are kcat -J envelopes; switches on @ paths\n"
	"  -z, --null-data        records end in NUL, not LF\n"
	"  -K, --key-by FIELD     write the value of FIELD and a TAB before each record\n"
	"  -r, --rejects FILE     append rejected records to FILE\n"
	"  -m, --max-record SIZE  longest record (default 8M)\n"
	"  -p, --pad[=N]          fill up blocks of N bytes (default 1024) when idle, for kcat -P\n"
	"      --max-output SIZE  reject what would make a longer output record\n"
	"  -s, --stats[=SECONDS]  print counts at the end, and every SECONDS\n"
	"  -q, --quiet            no line for each rejected record\n"
	"  -h, --help             print this\n"
	"  -V, --version          print the version\n";

enum { MAX_OUTPUT = 1000 }; /* beyond the letters and the codes of programs */

static const char common_letters[] = "f:w:JzK:r:m:p::s::qhV";
static const struct option common_options[] = {
	{"fields", required_argument, NULL, 'f'},
	{"where", required_argument, NULL, 'w'},
	{"envelope", no_argument, NULL, 'J'},
	{"null-data", no_argument, NULL, 'z'},
	{"key-by", required_argument, NULL, 'K'},
	{"rejects", required_argument, NULL, 'r'},
	{"max-record", required_argument, NULL, 'm'},
	{"pad", optional_argument, NULL, 'p'},
	{"max-output", required_argument, NULL, MAX_OUTPUT},
	{"stats", optional_argument, NULL, 's'},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
};
enum { LARGEST = 1 << 30 }; /* size */
enum { COMMON_OPTIONS = sizeof(common_options) / sizeof(common_options[0]), MAX_OPTIONS = 40 };

void
cli_wrong(const struct cli *cli, const char *option, const char *argument, const char *wrong)
{
	usage_wrong(cli->program, option, argument, wrong);
}

void
cli_refuse(const struct cli *cli, const char *wrong)
{
	cli_wrong(cli, cli->name, optarg, wrong);
}

static const char expected_size[] = "expected a size up to 1G, such as 500K or 8M";

size_t
cli_size(const struct cli *cli, size_t most, const char *expected)
{
	size_t size;
	if (!parse_size(optarg, most, &size))
		cli_refuse(cli, expected);
	return size;
}

static const char *
take_interval(const char *argument, unsigned *interval)
{
	long long seconds;
	if (!parse_number(argument, 1, 86400, &seconds))
		return "expected seconds, 1 to 86400";
	*interval = (unsigned)seconds;
	return NULL;
}

static const char *
take_common(struct options *options, int option, const char *argument)
{
	switch (option) {
	case 'J':
		options->envelope = true;
		return NULL;
	case 'K':
		options->key_by = argument;
		return NULL;
	case 'f':
		options->fields = argument;
		return NULL;
	case 'm':
		return parse_size(argument, LARGEST, &options->max_record) ? NULL : expected_size;
	case MAX_OUTPUT:
		return parse_size(argument, LARGEST, &options->max_output) ? NULL : expected_size;
	case 'p':
		options->pad = PAD_DEFAULT;
		return argument == NULL || parse_size(argument, LARGEST, &options->pad)
			       ? NULL
			       : "expected the size of a block";
	case 'q':
		options->quiet = true;
		return NULL;
	case 'r':
		options->rejects = argument;
		return NULL;
	case 's':
		options->stats = true;
		return argument == NULL ? NULL : take_interval(argument, &options->interval);
	case 'w':
		options->where = need(reallocarray(options->where, options->where_count + 1, sizeof(*options->where)));
		options->where[options->where_count++] = argument;
		return NULL;
	default: /* z */
		options->delimiter = '\0';
		return NULL;
	}
}

/* All options, the program's own behind the common ones; they stay as they are from call to call. */
static int
next_option(const struct cli *cli, int argc, char *argv[], int *index)
{
	struct option all[MAX_OPTIONS] = {0};
	char letters[80];
	snprintf(letters, sizeof(letters), "%s%s", common_letters, cli->letters);
	memcpy(all, common_options, sizeof(common_options));
	for (size_t i = 0; cli->own[i].name != NULL; i++)
		all[COMMON_OPTIONS + i] = cli->own[i];
	return getopt_long(argc, argv, letters, all, index);
}

static const char *
long_name(const struct cli *cli, int index)
{
	return index < (int)COMMON_OPTIONS ? common_options[index].name : cli->own[index - (int)COMMON_OPTIONS].name;
}

/* The lines of usage stand below each other, behind the name that the program was started with. */
static _Noreturn void
help(const struct cli *cli)
{
	char usage[1024], indent[256];
	int used = 0;
	snprintf(indent, sizeof(indent), "usage: %.200s ", cli->program);
	for (const char *line = cli->synopsis; *line != '\0' && (size_t)used < sizeof(usage);) {
		int length = (int)strcspn(line, "\n");
		used += snprintf(usage + used, sizeof(usage) - (size_t)used, "%s%.*s\n", indent, length, line);
		memset(indent, ' ', strlen(indent));
		line += length + (line[length] == '\n');
	}
	usage_help(cli->program, (const char *const[]){usage, cli->help, common_help, NULL});
}

int
cli_next(struct cli *cli, int argc, char *argv[])
{
	int option, index;
	argv[0] = (char *)cli->program; /* getopt's messages start with it */
	while (index = -1, (option = next_option(cli, argc, argv, &index)) != -1) {
		if (index >= 0)
			snprintf(cli->name, sizeof(cli->name), "--%s", long_name(cli, index));
		else
			snprintf(cli->name, sizeof(cli->name), "-%c", option);
		if (option == '?')
			usage_unknown(cli->program);
		if (option == 'h')
			help(cli);
		if (option == 'V')
			usage_version(cli->program);
		if (option != MAX_OUTPUT && (option > CHAR_MAX || strchr(common_letters, option) == NULL))
			return option;
		const char *wrong = take_common(cli->options, option, optarg);
		if (wrong != NULL)
			cli_refuse(cli, wrong);
	}
	return -1;
}
