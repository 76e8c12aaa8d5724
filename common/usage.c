#include "usage.h"

#include "write.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_TROUBLE = 2 };

int
usage(const char *line)
{
	write_whole(STDERR_FILENO, line, strlen(line));
	return EXIT_TROUBLE;
}

int
help(const char *program, const char *const texts[])
{
	int error = 0;
	for (; *texts != NULL && error == 0; texts++)
		error = write_whole(STDOUT_FILENO, *texts, strlen(*texts));
	if (error == 0)
		return EXIT_SUCCESS;
	say("%s: stdout: %s", program, strerror(error));
	return EXIT_TROUBLE;
}
