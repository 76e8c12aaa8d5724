#include "stop.h"

#include "clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int stopped_by;
static atomic_int noted;
static struct sigaction pipe_action;

static void
on_stop(int signal)
{
	atomic_store(&stopped_by, signal);
}

static void
on_note(int signal)
{
	atomic_store(&noted, signal);
}

static void
handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
	/* Of two signals that wait to be handled, the handler of the first would otherwise run last. */
	sigfillset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

void
stop_on_signals(void)
{
	handle(SIGTERM, on_stop, (int)SA_RESETHAND);
	handle(SIGINT, on_stop, (int)SA_RESETHAND);
}

int
stop_signal(void)
{
	return atomic_load(&stopped_by);
}

void
stop_block(sigset_t *before)
{
	sigset_t stop;
	/* Not all: what a fault raises is for who watches for faults. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, before);
}

void
stop_note(int signal)
{
	handle(signal, on_note, 0);
}

int
stop_noted(void)
{
	return atomic_exchange(&noted, 0);
}

void
stop_put_off_sigpipe(void)
{
	struct sigaction action = {.sa_handler = SIG_IGN};
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
stop_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
	struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	/* Blocked from the look at the flags until ppoll() waits: in between a signal would go unnoticed. */
	sigprocmask(SIG_BLOCK, &all, &before);
	int ready = 0;
	if (stop_signal() == 0 && atomic_load(&noted) == 0)
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

void
stop_sleep(double seconds)
{
	double end = clock_seconds() + seconds;
	double left = seconds;
	while (left > 0 && stop_signal() == 0) {
		/* Rounded up, and in pieces that fit an int. */
		stop_poll(NULL, 0, left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);
		left = end - clock_seconds();
	}
}
