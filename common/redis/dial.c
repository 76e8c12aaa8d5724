#include "dial.h"

#include "look_up.h"
#include "patience.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns 0, or the errno of what failed; where it was not connected in time, the trouble is noted and that is EAGAIN.
 */
static int
connect_to(int fd, const struct addrinfo *address, double deadline, struct redis_trouble *trouble)
{
	int error = 0;
	socklen_t length = sizeof(error);
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	if (!redis_wait(fd, POLLOUT, deadline, trouble))
		return EAGAIN;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

static int
try_address(const struct addrinfo *address, double deadline, struct redis_trouble *trouble)
{
	const int yes = 1;
	int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
	int error = fd < 0 ? errno : connect_to(fd, address, deadline, trouble);
	if (error == 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		return fd;
	}
	if (error != EAGAIN)
		redis_failed(trouble, strerror(error), "");
	if (fd >= 0)
		close(fd);
	return -1;
}

int
dial(const char *host, int port, double deadline, struct redis_trouble *trouble)
{
	int fd = -1;
	struct addrinfo *all = look_up(host, port, deadline, trouble);
	for (const struct addrinfo *address = all; fd < 0 && address != NULL; address = address->ai_next)
		fd = try_address(address, deadline, trouble);
	if (all != NULL)
		freeaddrinfo(all);
	return fd;
}
