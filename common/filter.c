#include "filter.h"

#include "confine.h"
#include "descriptors.h"
#include "hint.h"
#include "status.h"
#include "stop.h"
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_AT = 20 }; /* records, of which none has what is wanted */

static _Noreturn void
wrong_list(const struct cli *cli, const char *option, const char *list, const char *at, const char *wrong)
{
	char what[256];
	snprintf(what, sizeof(what), "column %td: %s", at - list + 1, wrong);
	cli_wrong(cli, option, list, what);
}

void
filter_compile(struct filter *filter, const struct cli *cli, const char *default_fields, const char *position)
{
	struct options *options = &filter->options;
	const char *list = options->fields != NULL ? options->fields : default_fields, *text = list;
	filter->paths.expected = options->fields != NULL;
	const char *wrong = fields_parse(&filter->fields, &filter->paths, &text);
	if (wrong != NULL)
		wrong_list(cli, "--fields", list, text, wrong);
	if (options->fields == NULL && position != NULL) {
		fields_parse(&filter->fields, &filter->paths, &position);
		fields_named(&filter->fields, "position")->optional = true;
	}
	filter->paths.expected = true;
	for (size_t i = 0; i < options->where_count; i++) {
		text = options->where[i];
		wrong = where_parse(&filter->tests, &filter->paths, &text);
		if (wrong != NULL)
			wrong_list(cli, "--where", options->where[i], text, wrong);
	}
	if (options->key_by != NULL) {
		filter->key = fields_named(&filter->fields, options->key_by);
		if (filter->key == NULL)
			cli_wrong(cli, "--key-by", options->key_by, "no output field has this name");
	}
	filter->values = paths_lay_out(&filter->paths);
}

bool
filter_open(struct filter *filter, const char *program)
{
	struct options *options = &filter->options;
	struct report *report = &filter->report;
	report->program = program;
	report->quiet = options->quiet;
	report->stats = options->stats;
	report->interval = options->interval;
	if (!descriptors_occupy()) {
		report_failure(report, "setting up", errno);
		return false;
	}
	output_open(&filter->out, STDOUT_FILENO, options->pad);
	filter->out.whole |= options->max_output > 0;
	stop_on_signals();
	stop_note(SIGUSR1);
	if (!report_open(report, options->rejects) || filter->out.error != 0)
		return false;
	confine(false); /* where it can't be, it is as if there were no such thing */
	return true;
}

bool
filter_open_input(struct filter *filter, const char *operand, struct input *in)
{
	bool standard = strcmp(operand, "-") == 0;
	/* a FIFO that nobody writes to yet is waited for in poll(), where neither output nor the other input wait too
	 */
	int fd = standard ? STDIN_FILENO : open(operand, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		report_failure(&filter->report, operand, errno);
		return false;
	}
	input_open(in, fd, standard ? "stdin" : operand, filter->options.delimiter, filter->options.max_record);
	return true;
}

void
filter_close_input(struct filter *filter, struct input *in)
{
	if (in->error != 0)
		report_failure(&filter->report, in->name, in->error);
	input_close(in);
}

void
filter_reject_overlong(struct filter *filter, const struct record *part)
{
	struct reason reason;
	if (part->first) {
		filter->report.in++;
		reason_long_record(&reason, filter->options.max_record);
		report_reject(&filter->report, part, NULL, &reason);
	}
	report_keep(&filter->report, part);
}

void
filter_reject(struct filter *filter, const struct reason *reason)
{
	char place[256];
	if (filter->place != NULL)
		envelope_say(filter->place, place, sizeof(place));
	filter->odd |= report_reject(&filter->report, &filter->record, filter->place != NULL ? place : NULL, reason);
	if (!filter->kept)
		report_keep(&filter->report, &filter->record);
	filter->kept = true;
}

void
filter_hold(struct filter *filter, const struct record *record)
{
	filter->record = *record;
	filter->place = NULL;
	filter->kept = false;
	filter->odd = false;
}

enum taken
filter_take(struct filter *filter, enum side side, const struct record *record, struct slice *json)
{
	filter_hold(filter, record);
	*json = record->bytes;
	if (!filter->options.envelope)
		return TAKEN_RECORD;
	struct envelope *envelope = &filter->paths.sides[side].envelope;
	struct reason reason;
	filter->place = envelope;
	enum envelope_kind kind = envelope_read(envelope, record->bytes, filter->values, json, &reason);
	if (kind != ENVELOPE_WRONG)
		paths_look(&filter->paths, filter->values);
	switch (kind) {
	case ENVELOPE_RECORD:
		return TAKEN_RECORD;
	case ENVELOPE_TOMBSTONE:
		filter->report.skipped++;
		return TAKEN_TOMBSTONE;
	case ENVELOPE_BLANK:
		filter->report.skipped++;
		return TAKEN_NOTHING;
	default:
		filter_reject(filter, &reason);
		return TAKEN_NOTHING;
	}
}

bool
filter_scan(struct filter *filter, enum side side, struct slice json, struct reason *reason)
{
	struct json_error error;
	if (!json_scan(json.at, json.length, &filter->paths.sides[side].record, filter->values, &error)) {
		reason_at_column(reason, error, json);
		return false;
	}
	filter->scanned[side] = true;
	paths_look(&filter->paths, filter->values);
	return true;
}

void
filter_look(struct filter *filter, const struct record *record)
{
	bool odd = filter->odd || (filter->report.in <= LOOK_AT && paths_led_nowhere(&filter->paths));
	const char *hint = odd ? hint_at(&filter->paths, record, filter->odd) : NULL;
	if (hint != NULL)
		report_hint(&filter->report, hint);
}

bool
filter_put(struct filter *filter, struct reason *reason)
{
	if (!where_holds(&filter->tests, filter->values)) {
		filter->report.skipped++;
		return true;
	}
	if (!fields_convert(&filter->fields, filter->values, reason))
		return false;
	uintmax_t before = filter->out.bytes;
	fields_write(&filter->fields, filter->key, &filter->out);
	size_t length = (size_t)(filter->out.bytes - before), most = filter->options.max_output;
	if (most > 0 && length - 1 > most) { /* the LF is no part of it */
		output_take_back(&filter->out, length);
		reason_long_output(reason, most, length - 1);
		return false;
	}
	filter->report.out++;
	return true;
}

/* Whether it is to be named that a path was in no record: it was written, records were read, and none has named it. */
static bool
is_missed(const struct filter *filter, size_t index)
{
	struct path *const *list = filter->paths.list;
	const struct path *path = list[index];
	bool missed = path->expected;
	for (enum side side = EVENTS; side < SIDES; side++)
		missed &= !path->of[side] || filter->scanned[side];
	for (size_t i = 0; i < index; i++)
		missed &= strcmp(list[i]->text, path->text) != 0 || list[i]->of[TABLE] != path->of[TABLE];
	return missed;
}

static void
say_missed(const struct filter *filter)
{
	const struct paths *paths = &filter->paths;
	char shown[128];
	for (size_t i = 0; i < paths->unseen; i++) {
		const struct path *path = paths->list[i];
		if (!is_missed(filter, i))
			continue;
		const char *whose = !paths->two_sided || (path->of[EVENTS] && path->of[TABLE]) ? "the records read"
				    : path->of[TABLE]                                          ? "TABLE's records"
											       : "EVENTS' records";
		printable(shown, sizeof(shown), (struct slice){path->text, strlen(path->text)});
		say("%s: %s: in none of %s", filter->report.program, shown, whose);
	}
}

int
filter_close(struct filter *filter)
{
	if (!filter->report.quiet)
		say_missed(filter);
	int error = output_close(&filter->out);
	if (error != 0)
		report_failure(&filter->report, "stdout", error);
	int status = report_close(&filter->report);
	fields_close(&filter->fields);
	where_close(&filter->tests);
	paths_close(&filter->paths);
	free(filter->values);
	free(filter->options.where);
	if (status != EXIT_TROUBLE && stop_signal() != 0)
		status = EXIT_SIGNAL + stop_signal();
	return status;
}
