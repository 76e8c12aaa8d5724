/* The options that all filters share, read as a user of getopt_long(3) expects. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/* What the user gave; the texts are those of argv. */
struct options {
	const char *fields; /* NULL: the program's default */
	const char **where;
	size_t where_count;
	bool envelope;
	char delimiter;
	const char *key_by;
	const char *rejects;
	size_t max_record;
	size_t pad;
	size_t max_output; /* 0: any */
	bool stats;
	unsigned interval;
	bool quiet;
};

#define DEFAULT_OPTIONS                                                                                                \
	{                                                                                                              \
		.delimiter = '\n', .max_record = 8 << 20                                                               \
	}

/* What sets one program apart from the others, and where the reading of its arguments stands. */
struct cli {
	const char *program;  /* the name it was started with */
	const char *synopsis; /* lines of usage, without the name */
	const char *help;     /* what the program does, and its own options, a line each */
	const char *letters;  /* its own short options, as getopt(3) takes them */
	const struct option *own;

	struct options *options;
	char name[32]; /* of the option at hand, with its dashes */
};

/*
 * Returns the next of the program's own options, with its argument in optarg, or -1 at the operands, where optind
 * stands then. The common options are taken on the way; ends the program for --help, --version and wrong usage.
 */
int cli_next(struct cli *, int argc, char *argv[]);

/* Reads the argument of the option at hand as a size, up to `most`; ends the program where it is none. */
size_t cli_size(const struct cli *, size_t most, const char *expected);

/* Says what is wrong with the option at hand, and ends the program with status 2. */
_Noreturn void cli_refuse(const struct cli *, const char *wrong);

/* Says what is wrong, and in which argument where one is given, and ends the program with status 2. */
_Noreturn void cli_wrong(const struct cli *, const char *option, const char *argument, const char *wrong);

#endif
