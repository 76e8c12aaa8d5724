#include "patience.h"

#include "clock.h"
#include "stop.h"

#include <errno.h>
#include <string.h>

static const double grace = 0.25; /* seconds */

static double
time_left(double deadline)
{
	static double stopped; /* when the stop signal was noticed */
	double now = clock_seconds();
	if (stop_signal() != 0 && stopped == 0)
		stopped = now;
	if (stopped != 0 && stopped + grace < deadline)
		deadline = stopped + grace;
	return deadline - now;
}

bool
redis_has_time(double deadline, struct redis_trouble *trouble)
{
	return time_left(deadline) > 0 || redis_failed(trouble, "no answer", "");
}

bool
redis_wait(int fd, short events, double deadline, struct redis_trouble *trouble)
{
	struct pollfd awaited = {.fd = fd, .events = events};
	while (redis_has_time(deadline, trouble)) {
		int milliseconds = (int)(time_left(deadline) * 1000) + 1;
		/* stop_poll() returns at once after a stop signal. */
		int ready = stop_signal() == 0 ? stop_poll(&awaited, 1, milliseconds) : poll(&awaited, 1, milliseconds);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return redis_failed(trouble, strerror(errno), "");
	}
	return false;
}
