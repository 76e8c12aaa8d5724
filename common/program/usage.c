#include "usage.h"

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
	int error = 0;
	for (; *texts != NULL && error == 0; texts++)
		error = write_whole(STDOUT_FILENO, *texts, strlen(*texts));
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
