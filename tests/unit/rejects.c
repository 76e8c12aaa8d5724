/* Parts: rejects stop clock write */
#include "rejects.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/rejects.XXXXXX", name[64];

/* A disk that is full is played by a limit to the size of files. */
static void
limit(rlim_t size)
{
	struct rlimit rlimit = {size, RLIM_INFINITY};
	setrlimit(RLIMIT_FSIZE, &rlimit);
}

static struct record
record(const char *text)
{
	return (struct record){.bytes = {text, strlen(text)}, .delimiter = '\n'};
}

static int
keep(struct rejects *rejects, const char *text)
{
	struct record whole = record(text);
	return rejects_keep(rejects, &whole);
}

static bool
holds(const char *text)
{
	char content[256] = "";
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, content, sizeof(content) - 1);
	close(fd);
	return n == (ssize_t)strlen(text) && strcmp(content, text) == 0;
}

static void
check_parts(void)
{
	struct rejects rejects;
	struct record part = record("abcd");
	rejects_open(&rejects, name);
	part.overlong = part.first = true;
	limit(6);
	ok(rejects_keep(&rejects, &part) == 0, "the first part of a long record is kept");
	part.first = false;
	ok(rejects_keep(&rejects, &part) == EFBIG && holds(""), "where the second does not fit, both are gone");
	limit(RLIM_INFINITY);
	part.last = true;
	ok(rejects_keep(&rejects, &part) == 0 && holds("") && rejects.missing == 1, "and the rest is passed over");
	ok(keep(&rejects, "next") == 0 && holds("next\n"), "up to the next record");
	rejects_close(&rejects);
}

static void
check_pipe(void)
{
	struct rejects rejects;
	int ends[2];
	char link[64], content[32] = "";
	if (pipe(ends) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0)
		abort();
	snprintf(link, sizeof(link), "/proc/self/fd/%d", ends[1]);
	ok(rejects_open(&rejects, link) == 0, "a pipe is opened");
	rejects.cut = true;
	ok(keep(&rejects, "one") == 0, "after a record that was cut, and can't be taken back");
	ssize_t n = read(ends[0], content, sizeof(content));
	ok(n == 5 && memcmp(content, "\none\n", 5) == 0, "the next begins a line");
	rejects_close(&rejects);
}

int
main(void)
{
	signal(SIGXFSZ, SIG_IGN);
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(name, sizeof(name), "%s/bad", folder);
	check_parts();
	check_pipe();
	unlink(name);
	rmdir(folder);
	return tap_end();
}
