#include "dial.h"

#include "patience.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Looks the host up, in a thread of the C library, which alone could not be waited for with a limit. */
static struct addrinfo *
look_up(const char *host, int port, double deadline, struct redis_trouble *trouble)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	static const struct timespec moment = {.tv_nsec = 100000000};
	static char service[16];
	static struct gaicb request;
	static bool under_way;
	struct gaicb *requests[] = {&request};
	if (!under_way) {
		snprintf(service, sizeof(service), "%d", port);
		request = (struct gaicb){.ar_name = host, .ar_service = service, .ar_request = &hints};
		int error = getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
		if (error != 0) {
			redis_failed(trouble, "", gai_strerror(error));
			return NULL;
		}
		under_way = true;
	}
	while (gai_error(&request) == EAI_INPROGRESS) {
		if (!redis_has_time(deadline, trouble))
			return NULL;
		gai_suspend((const struct gaicb *const *)requests, 1, &moment);
	}
	under_way = false;
	if (gai_error(&request) != 0)
		redis_failed(trouble, "", gai_strerror(gai_error(&request)));
	return gai_error(&request) == 0 ? request.ar_result : NULL;
}

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
