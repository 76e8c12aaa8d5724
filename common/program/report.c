#include "report.h"

#include "clock.h"
#include "status.h"
#include "stop.h"
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
report_open(struct report *report)
{
	report->started = clock_seconds();
	report->next = report->started + report->interval;
	if (report->rejects == NULL)
		return true;
	/* a FIFO is opened once somebody reads it */
	do
		report->rejects_fd = open(report->rejects, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	while (report->rejects_fd < 0 && errno == EINTR && stop_signal() == 0);
	if (report->rejects_fd < 0 && errno != EINTR)
		report_failure(report, report->rejects, errno);
	return report->rejects_fd >= 0;
}

void
report_failure(struct report *report, const char *what, int error)
{
	say("%s: %s: %s", report->program, what, strerror(error));
	report->failed = true;
}

static bool
keep_bytes(struct report *report, const char *bytes, size_t length)
{
	int error = write_whole(report->rejects_fd, bytes, length);
	if (error == 0)
		return true;
	report_failure(report, report->rejects, error);
	close(report->rejects_fd);
	report->rejects_fd = -1;
	return false;
}

void
report_keep(struct report *report, const struct record *record)
{
	const char end[] = {'\r', record->delimiter};
	size_t skip = record->carriage_return ? 0 : 1;
	bool goes_on = record->overlong && !record->last;
	if (report->rejects_fd < 0 || !keep_bytes(report, record->bytes.at, record->bytes.length) || goes_on)
		return;
	keep_bytes(report, end + skip, sizeof(end) - skip);
}

void
report_reject(struct report *report, const struct record *record, const char *place, const struct reason *reason)
{
	report->rejected++;
	if (report->quiet)
		return;
	char file[256];
	printable(file, sizeof(file), (struct slice){record->file, strlen(record->file)});
	say("%s: %s:%ju: %s%s%s", report->program, file, record->line, place != NULL ? place : "",
		place != NULL ? ": " : "", reason->text);
}

void
report_counts(struct report *report)
{
	char waiting[64] = "";
	double seconds = clock_seconds() - report->started;
	if (report->waiting != NULL)
		snprintf(waiting, sizeof(waiting), ", %zu waiting", *report->waiting);
	say("%s: %ju in, %ju out, %ju skipped, %ju rejected%s; %.2f s, %.0f in/s", report->program, report->in,
		report->out, report->skipped, report->rejected, waiting, seconds,
		seconds > 0 ? (double)report->in / seconds : 0.0);
	if (report->interval > 0)
		report->next = clock_seconds() + report->interval;
}

int
report_due(const struct report *report)
{
	if (report->interval == 0)
		return -1;
	double left = report->next - clock_seconds();
	return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

int
report_close(struct report *report)
{
	if (report->rejects_fd >= 0 && close(report->rejects_fd) != 0)
		report_failure(report, report->rejects, errno);
	if (report->stats)
		report_counts(report);
	if (report->failed)
		return EXIT_TROUBLE;
	return report->rejected > 0 ? EXIT_REJECTED : EXIT_SUCCESS;
}
