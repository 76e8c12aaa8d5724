#include "report.h"

#include "clock.h"
#include "status.h"
#include "write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
report_open(struct report *report, const char *rejects)
{
	report->started = clock_seconds();
	report->next = report->started + report->interval;
	int error = rejects_open(&report->rejects, rejects);
	if (error != 0 && error != EINTR)
		report_failure(report, rejects, error);
	return error == 0;
}

void
report_failure(struct report *report, const char *what, int error)
{
	say("%s: %s: %s", report->program, what, strerror(error));
	report->failed = true;
}

void
report_keep(struct report *report, const struct record *record)
{
	int error = rejects_keep(&report->rejects, record);
	if (error != 0)
		report_failure(report, report->rejects.name, error);
}

bool
report_reject(struct report *report, const struct record *record, const char *place, const struct reason *reason)
{
	report->rejected++;
	if (report->quiet)
		return false;
	const struct repeat *repeat = repeats_count(&report->repeats, reason);
	if (repeat->count > REPEATS_WRITTEN)
		return false;
	char file[256], kind[256], text[512];
	printable(file, sizeof(file), (struct slice){record->file, strlen(record->file)});
	reason_say(reason, text, sizeof(text));
	say("%s: %s:%ju: %s%s%s", report->program, file, record->line, place != NULL ? place : "",
		place != NULL ? ": " : "", text);
	if (repeat->count == REPEATS_WRITTEN) {
		repeat_say(repeat, kind, sizeof(kind));
		say("%s: %s: from here on only counted", report->program, kind);
	}
	return true;
}

void
report_hint(struct report *report, const char *hint)
{
	size_t i = 0, most = sizeof(report->hints) / sizeof(report->hints[0]) - 1;
	while (i < most && report->hints[i] != NULL && strcmp(report->hints[i], hint) != 0)
		i++;
	if (report->quiet || i == most || report->hints[i] != NULL)
		return;
	report->hints[i] = hint;
	say("%s: %s", report->program, hint);
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

static void
say_repeats(const struct report *report)
{
	char kind[256];
	for (size_t i = 0; i < report->repeats.count; i++) {
		const struct repeat *repeat = &report->repeats.list[i];
		if (repeat->count <= REPEATS_WRITTEN)
			continue;
		repeat_say(repeat, kind, sizeof(kind));
		say("%s: %s: %ju more", report->program, kind, repeat->count - REPEATS_WRITTEN);
	}
}

int
report_close(struct report *report)
{
	int error = rejects_close(&report->rejects);
	if (error != 0)
		report_failure(report, report->rejects.name, error);
	say_repeats(report);
	if (report->rejects.missing > 0)
		say("%s: %s: rejected records that are missing there: %ju", report->program, report->rejects.name,
			report->rejects.missing);
	if (report->stats)
		report_counts(report);
	free(report->repeats.list);
	if (report->failed)
		return EXIT_TROUBLE;
	return report->rejected > 0 ? EXIT_REJECTED : EXIT_SUCCESS;
}
