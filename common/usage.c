#include "usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_TROUBLE = 2 };

int
usage(const char *line)
{
	fputs(line, stderr);
	return EXIT_TROUBLE;
}

int
help(const char *program, const char *const texts[])
{
	int written = 0;
	while (*texts != NULL && written != EOF)
		written = fputs(*texts++, stdout);
	if (written == EOF || fflush(stdout) != 0) {
		fprintf(stderr, "%s: standard output: %s\n", program, strerror(errno));
		return EXIT_TROUBLE;
	}
	return EXIT_SUCCESS;
}
