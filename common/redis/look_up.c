#include "look_up.h"

#include "patience.h"
#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * In a thread, for getaddrinfo() has no limit. Not by getaddrinfo_a(): where a wait for it ends just before the answer
 * is there, the C library's own thread then follows a pointer into a stack frame that is gone.
 */
struct query {
	const char *host;
	char service[16];
	pthread_t thread;
	int answered; /* becomes readable */
	int error;
	struct addrinfo *addresses;
};

static void *
ask(void *argument)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct query *query = argument;
	query->error = getaddrinfo(query->host, query->service, &hints, &query->addresses);
	eventfd_write(query->answered, 1);
	return NULL;
}

/* Returns 0 or an errno. */
static int
begin(struct query *query, const char *host, int port)
{
	sigset_t before;
	*query = (struct query){.host = host, .answered = eventfd(0, EFD_CLOEXEC)};
	if (query->answered < 0)
		return errno;
	snprintf(query->service, sizeof(query->service), "%d", port);
	stop_block(&before);
	int error = pthread_create(&query->thread, NULL, ask, query);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		close(query->answered);
	return error;
}

struct addrinfo *
look_up(const char *host, int port, double deadline, struct redis_trouble *trouble)
{
	static struct query query;
	static bool under_way;
	if (!under_way) {
		int error = begin(&query, host, port);
		if (error != 0) {
			redis_failed(trouble, strerror(error), "");
			return NULL;
		}
		under_way = true;
	}
	if (!redis_wait(query.answered, POLLIN, deadline, trouble))
		return NULL;
	pthread_join(query.thread, NULL);
	close(query.answered);
	under_way = false;
	if (query.error == 0)
		return query.addresses;
	redis_failed(trouble, "", gai_strerror(query.error));
	return NULL;
}
