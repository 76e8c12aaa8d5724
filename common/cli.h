/* The options that all filters share, read as a user of getopt_long(3) expects. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/* What sets one program apart from the others. */
struct cli {
	const char *program;
	const char *synopsis; /* lines of usage */
	const char *help;     /* what the program does, and its own options, a line each */
	const char *letters;  /* its own short options, as getopt(3) takes them */
	const struct option *options;

	/* Takes one of its own options. Returns NULL, or what is wrong with the argument. */
	const char *(*take)(void *own, int option, const char *argument);
	void *own;
};

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
	bool stats;
	unsigned interval;
	bool quiet;
};

/* Parses argv and leaves optind at the operands. Ends the program for --help, --version and wrong usage. */
void cli_parse(const struct cli *, int argc, char *argv[], struct options *);

/* Says what is wrong, and in which argument where one is given, and ends the program with status 2. */
_Noreturn void cli_wrong(const struct cli *, const char *option, const char *argument, const char *wrong);

#endif
