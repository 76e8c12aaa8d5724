#include "usage.h"

#include "memory.h"
#include "status.h"
#include "write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#error "the Makefile gives the version"
#endif

void
usage_help(const char *program, const char *const texts[])
{
	/* in one write: who has read what was looked for may be gone before a second one */
	size_t length = 0;
	for (size_t i = 0; texts[i] != NULL; i++)
		length += strlen(texts[i]);
	char *all = need(malloc(length + 1)), *at = all;
	for (size_t i = 0; texts[i] != NULL; i++)
		at = stpcpy(at, texts[i]);
	int error = write_whole(STDOUT_FILENO, all, length);
	free(all);
	if (error == 0 && close(STDOUT_FILENO) != 0)
		error = errno;
	if (error == 0)
		exit(EXIT_SUCCESS);
	say("%s: stdout: %s", program, strerror(error));
	exit(EXIT_TROUBLE);
}

void
usage_version(const char *program)
{
	usage_help(program, (const char *const[]){program, " (stedi-pipes) " VERSION "\n", NULL});
}

void
usage_wrong(const char *program, const char *option, const char *argument, const char *wrong)
{
	if (argument == NULL)
		say("%s: %s: %s", program, option, wrong);
	else
		say("%s: %s '%s': %s", program, option, argument, wrong);
	usage_unknown(program);
}

void
usage_unknown(const char *program)
{
	say("Try '%s --help'.", program);
	exit(EXIT_TROUBLE);
}
