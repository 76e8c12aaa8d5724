#include "confine.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock as Linux's landlock.h has it, of which the C library's headers may be older than the kernel. */
enum { CREATE_RULESET = 444, RESTRICT_SELF = 446, RULESET_VERSION = 1 };
enum { FIRST_WITH_TRUNCATE = 3, FIRST_WITH_NETWORK = 4 }; /* versions */
enum { EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, REMOVE_AND_MAKE = 0x1FF << 4, TRUNCATE = 1 << 14 };
enum { BIND_TCP = 1 << 0, CONNECT_TCP = 1 << 1 };

struct ruleset {
	uint64_t files, network; /* what no rule allows is forbidden, and there is no rule */
};

bool
confine(bool network)
{
	struct ruleset ruleset = {.files = EXECUTE | WRITE_FILE | REMOVE_AND_MAKE};
	long version = syscall(CREATE_RULESET, NULL, 0, RULESET_VERSION);
	size_t size = version >= FIRST_WITH_NETWORK ? sizeof(ruleset) : sizeof(ruleset.files);
	if (version < 1)
		return false;
	if (version >= FIRST_WITH_TRUNCATE)
		ruleset.files |= TRUNCATE;
	if (!network)
		ruleset.network = BIND_TCP | CONNECT_TCP;
	int fd = (int)syscall(CREATE_RULESET, &ruleset, size, 0);
	if (fd < 0)
		return false;
	bool confined = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(RESTRICT_SELF, fd, 0) == 0;
	close(fd);
	return confined;
}
