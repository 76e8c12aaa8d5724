#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t stopped_by;
static struct sigaction pipe_action;

static void
note(int signal)
{
	stopped_by = signal;
}

void
stop_on_signals(void)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	action = (struct sigaction){.sa_handler = SIG_IGN};
	sigaction(SIGPIPE, &action, &pipe_action);
}

void
stop_if_unread(int error)
{
	if (error != EPIPE)
		return;
	sigaction(SIGPIPE, &pipe_action, NULL);
	raise(SIGPIPE);
}

int
stop_signal(void)
{
	return stopped_by;
}

int
stop_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
	struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
	sigset_t signals;
	sigset_t before;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	/* Blocked from the look at the flag until ppoll() waits: in between a signal would go unnoticed. */
	sigprocmask(SIG_BLOCK, &signals, &before);
	int ready = 0;
	if (stopped_by == 0)
		ready = ppoll(fds, count, milliseconds < 0 ? NULL : &limit, &before);
	int error = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	if (ready < 0 && error == EINTR)
		ready = 0;
	if (ready == 0)
		for (nfds_t i = 0; i < count; i++)
			fds[i].revents = 0;
	return ready;
}

static double
monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
stop_sleep(double seconds)
{
	double end = monotonic() + seconds;
	double left = seconds;
	while (left > 0 && stopped_by == 0) {
		/* Rounded up, and in pieces that fit an int. */
		stop_poll(NULL, 0, left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);
		left = end - monotonic();
	}
}
