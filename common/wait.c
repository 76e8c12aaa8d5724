#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t counts_wanted;

/* A handler writes a byte here, so that a signal which comes just before poll() still ends it. */
static int wake[2];

static void
on_signal(int signal)
{
	int saved = errno;
	if (signal == SIGUSR1)
		counts_wanted = 1;
	else
		stop_signal = signal;
	if (write(wake[1], "", 1) < 0)
		errno = saved; /* full: poll() wakes all the same */
	errno = saved;
}

bool
wait_open(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0 || sigaction(SIGUSR1, &action, NULL) != 0)
		return false;
	action.sa_flags = (int)SA_RESETHAND;
	return sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0;
}

static void
serve_signals(struct report *report)
{
	char drained[16];
	while (read(wake[0], drained, sizeof(drained)) > 0)
		;
	if (counts_wanted) {
		counts_wanted = 0;
		report_counts(report);
	}
	if (report_due(report) == 0)
		report_counts(report);
}

bool
wait_for_input(struct pollfd *inputs, size_t count, struct output *out, struct report *report)
{
	struct pollfd polled[3] = {{.fd = wake[0], .events = POLLIN}};
	for (size_t i = 0; i < count; i++)
		polled[i + 1] = (struct pollfd){.fd = inputs[i].fd, .events = POLLIN};
	for (bool idle = false; stop_signal == 0 && out->error == 0; idle = true) {
		int ready = poll(polled, count + 1, idle ? report_due(report) : 0);
		bool woken = ready > 0 && polled[0].revents != 0;
		if (woken || (ready >= 0 && report_due(report) == 0))
			serve_signals(report);
		if (ready > woken) {
			for (size_t i = 0; i < count; i++)
				inputs[i].revents = polled[i + 1].revents;
			return stop_signal == 0;
		}
		if (ready < 0 && errno != EINTR) {
			report_failure(report, "poll", errno);
			return false;
		}
		if (!idle)
			output_idle(out);
	}
	return false;
}
