// measure CPU FILE COMMAND [ARG ...]: runs a command on one processor, and writes to FILE what it took: microseconds of
// the processor (its own and the system's), and its peak of memory in KiB. A small program of its own, since a process
// that was started begins with the peak of the one that started it.
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
run(const char *cpu, char **command)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(strtoul(cpu, NULL, 10), &set);
	if (sched_setaffinity(0, sizeof set, &set) == -1)
		err(2, "processor %s", cpu);
	execvp(command[0], command);
	err(2, "%s", command[0]);
}

int
main(int argc, char **argv)
{
	struct rusage used;
	int status;
	if (argc < 4)
		errx(2, "usage: measure CPU FILE COMMAND [ARG ...]");
	pid_t child = fork();
	if (child == 0)
		run(argv[1], argv + 3);
	if (child == -1 || wait4(child, &status, 0, &used) == -1)
		err(2, "%s", argv[3]);
	long cpu =
		(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
	FILE *file = fopen(argv[2], "w");
	if (!file || fprintf(file, "%ld %ld\n", cpu, used.ru_maxrss) < 0 || fclose(file) == EOF)
		err(2, "%s", argv[2]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
