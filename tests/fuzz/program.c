/*
 * A target for libFuzzer: a whole filter, whose main() is program_main() here, in a process of its own for every input.
 * The input is a line of options, each with its argument right behind its letter and a blank before the next, and then
 * what the filter reads; join reads TABLE up to a line "=== events", and EVENTS from there.
 */

/* Visits of what stands here are not counted; were they, clang would take the names of the counts for itself. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

#include "fuzz.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MAX_ARGUMENTS = 32 };

int program_main(int, char *[]);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* The counts of visits of every place in the filter, from the linker. */
extern uint8_t __start___sancov_cntrs[], __stop___sancov_cntrs[];
static uint8_t *counted; /* by the filter, in memory that is shared with it */

static int inputs[2], out, err;

/* A status that no filter has; what the process leaves behind is none of a leak. */
const char *
__asan_default_options(void)
{
	return "exitcode=99:detect_leaks=0";
}

const char *
__ubsan_default_options(void)
{
	return "exitcode=99";
}

static size_t
places(void)
{
	return (size_t)(__stop___sancov_cntrs - __start___sancov_cntrs);
}

/* Options that neither write files nor read others. */
static bool
is_harmless(const char *argument)
{
	if (argument[0] != '-' || argument[1] == '\0')
		return false;
	if (strchr("Jiqz", argument[1]) != NULL)
		return argument[2] == '\0';
	return strchr("12KMaefjkmpvw", argument[1]) != NULL;
}

static int
split_options(char *line, char *arguments[])
{
	int count = 1;
	arguments[0] = PROGRAM;
	arguments[count++] = "-s";
	for (char *rest = line, *argument; count < MAX_ARGUMENTS - 3 && (argument = strsep(&rest, " ")) != NULL;)
		if (is_harmless(argument))
			arguments[count++] = argument;
	return count;
}

static void
end_process(int status, void *unused)
{
	(void)unused;
	memcpy(counted, __start___sancov_cntrs, places());
	_exit(status);
}

static _Noreturn void
be_filter(char *line)
{
	char *arguments[MAX_ARGUMENTS], names[2][32];
	int count = split_options(line, arguments);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(inputs[0], STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	on_exit(end_process, NULL);
	for (int i = 0; strcmp(PROGRAM, "join") == 0 && i < 2; i++) {
		sprintf(names[i], "/proc/self/fd/%d", inputs[i]);
		arguments[count++] = names[i];
	}
	arguments[count] = NULL;
	exit(program_main(count, arguments));
}

static void
fill(int *file, struct slice bytes)
{
	if (pwrite(emptied(file), bytes.at, bytes.length, 0) != (ssize_t)bytes.length)
		refute("a file in memory can't be written");
}

static int
run(char *line)
{
	int status;
	if (counted == NULL)
		counted = mmap(NULL, places(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	emptied(&out);
	emptied(&err);
	pid_t pid = fork();
	if (pid == 0)
		be_filter(line);
	if (pid < 0 || counted == MAP_FAILED || TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)) != pid)
		refute("no process");
	memcpy(__start___sancov_cntrs, counted, places());
	return status;
}

/* A line of output: behind a key and a TAB, perhaps, an object. Returns how many; empty ones are padding. */
static uintmax_t
count_lines(char *text, size_t length)
{
	uintmax_t lines = 0;
	for (char *line = text, *end; line < text + length; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + length - line));
		if (end == NULL)
			refute("no whole line is: %s", line);
		if (end == line)
			continue;
		char *tab = memchr(line, '\t', (size_t)(end - line));
		char *object = tab == NULL ? line : tab + 1;
		json_decref(object_of(object, (size_t)(end - object)));
		lines++;
	}
	return lines;
}

static void
check_said(const char *said)
{
	for (const char *at = said; *at != '\0'; at++)
		if ((*at < ' ' && *at != '\n') || *at > '~')
			refute("it says what could upset a terminal: %s", said);
}

/* The line of counts, which is the last one, must be right. */
static void
check_counts(const char *said, bool all_went_through, uintmax_t lines)
{
	uintmax_t in, put, skipped, rejected;
	const char *last = said + strlen(said);
	while (last > said && (*last == '\0' || last[-1] != '\n' || last[1] == '\0'))
		last--;
	if (sscanf(last, PROGRAM ": %ju in, %ju out, %ju skipped, %ju rejected", &in, &put, &skipped, &rejected) != 4)
		refute("it does not count: %s", said);
	if (put != lines)
		refute("it counts %ju lines of output, of %ju", put, lines);
	if ((rejected == 0) != all_went_through)
		refute("its status is not that of %ju rejected records", rejected);
}

static void
check(int status, char *written, size_t length, const char *said)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 2)
		refute("it ended with status %#x:\n%s", (unsigned)status, said);
	if (WEXITSTATUS(status) == 2) {
		if (length > 0 || *said == '\0')
			refute("it refuses its options without a word, or writes for all that:\n%s%s", written, said);
		return;
	}
	check_said(said);
	check_counts(said, WEXITSTATUS(status) == 0, count_lines(written, length));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct slice input = {(const char *)bytes, size};
	size_t length, ignored;
	struct slice line = take_part(&input, "\n"), first = take_part(&input, "\n=== events\n");
	fill(&inputs[0], first);
	fill(&inputs[1], input);
	int status = run((char *)line.at);
	char *written = content(out, &length), *said = content(err, &ignored);
	check(status, written, length, said);
	free(written);
	free(said);
	drop(line);
	drop(first);
	return 0;
}

#pragma clang attribute pop
