/* Parts: confine */
#include "confine.h"

#include "tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What comes of trying each of them, in a process of its own: an errno, or 0. */

static int
write_a_file(void)
{
	char name[] = "/tmp/confine.XXXXXX";
	int fd = mkstemp(name);
	if (fd >= 0)
		unlink(name);
	return fd < 0 ? errno : 0;
}

static int
read_a_file(void)
{
	return open("/dev/zero", O_RDONLY) < 0 ? errno : 0;
}

static int
run_a_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
connect_to_nobody(void)
{
	struct sockaddr_in nobody = {
		.sin_family = AF_INET, .sin_port = htons(1), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)) < 0 ? errno : 0;
}

enum { CAN_NOT_BE = 255 };

static int
tried(bool network, int (*try)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(confine(network) ? try() : CAN_NOT_BE);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		abort();
	return WEXITSTATUS(status);
}

int
main(void)
{
	bool can_be = tried(true, read_a_file) != CAN_NOT_BE;
	int forbidden = can_be ? EACCES : CAN_NOT_BE;
	printf("# this kernel has %s Landlock\n", can_be ? "a" : "no");
	ok(tried(true, write_a_file) == forbidden, "no file can be written");
	ok(tried(true, run_a_program) == forbidden, "no program can be run");
	ok(tried(true, read_a_file) == (can_be ? 0 : CAN_NOT_BE), "files can be read");
	ok(tried(true, connect_to_nobody) == (can_be ? ECONNREFUSED : CAN_NOT_BE), "connections can be made");
	int connected = tried(false, connect_to_nobody);
	ok(connected == forbidden || connected == ECONNREFUSED, "... but where none are needed (of Linux 6.7): %d",
		connected);
	return tap_end();
}
