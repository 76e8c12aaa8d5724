#include "wait.h"

#include "stop.h"

#include <errno.h>

bool
wait_for_input(struct pollfd *inputs, nfds_t count, struct output *out, struct report *report)
{
	for (nfds_t i = 0; i < count; i++)
		inputs[i].events = POLLIN;
	for (bool idle = false; stop_signal() == 0 && out->error == 0; idle = true) {
		int ready = stop_poll(inputs, count, idle ? report_due(report) : 0);
		if (ready < 0) {
			report_failure(report, "poll", errno);
			return false;
		}
		if (stop_noted() != 0 || report_due(report) == 0)
			report_counts(report);
		if (ready > 0)
			return stop_signal() == 0;
		if (!idle)
			output_idle(out);
	}
	return false;
}
