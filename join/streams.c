#include "streams.h"

#include "wait.h"

#include <sys/stat.h>

typedef void take_record(struct join *, const struct record *);

/* Takes all records that have been read. Returns false at the end of the input, or where no more can be taken. */
static bool
take_records(struct join *join, struct input *in, take_record *take)
{
	struct record record;
	while (!join->full) {
		switch (input_next(in, &record)) {
		case INPUT_RECORD:
			join->filter.report.in++;
			take(join, &record);
			if (take != match_written) /* which is read without regard to the options */
				filter_look(&join->filter, &record);
			break;
		case INPUT_OVERLONG:
			filter_reject_overlong(&join->filter, &record);
			break;
		case INPUT_DRY:
			return true;
		case INPUT_END:
			return false;
		}
	}
	return false;
}

/* Returns false where a signal says stop, or where not all could be read: then what follows would be wrong. */
static bool
read_to_end(struct join *join, struct input *in, take_record *take)
{
	struct pollfd readable = {.fd = in->fd};
	while (take_records(join, in, take)) {
		if (!wait_for_input(&readable, 1, &join->filter.out, &join->filter.report))
			return false;
		input_fill(in);
	}
	return in->error == 0 && !join->full;
}

static bool
read_first(struct join *join, const char *name, char delimiter, take_record *take)
{
	struct input in;
	if (!filter_open_input(&join->filter, name, &in))
		return false;
	in.delimiter = delimiter;
	bool complete = read_to_end(join, &in, take);
	filter_close_input(&join->filter, &in);
	return complete;
}

static bool
read_what_is_first(struct join *join, const struct streams *streams)
{
	join->loading = true;
	for (size_t i = 0; i < streams->load_count; i++)
		if (!read_first(join, streams->load[i], join->filter.options.delimiter, match_table))
			return false;
	join->loading = false;
	/* what a filter wrote ends in LF, whatever its input ends in */
	return streams->resume == NULL || read_first(join, streams->resume, '\n', match_written);
}

/*
 * Where both can be read, more is read of TABLE: an event that finds its key need not be kept until it comes. But
 * EVENTS has its turn, too, for TABLE may never end.
 */
enum { TABLE_TURNS = 8 };

/* `table` is NULL where there is none, or no more of it. */
static void
read_both(struct join *join, struct input *table, struct input *events)
{
	struct filter *filter = &join->filter;
	struct pollfd inputs[2] = {{.fd = table == NULL ? -1 : table->fd}, {.fd = events->fd}};
	for (unsigned turn = 1;; turn++) {
		if (inputs[0].fd >= 0 && !take_records(join, table, match_table))
			inputs[0].fd = -1;
		if (inputs[1].fd >= 0 && !take_records(join, events, match_event))
			inputs[1].fd = -1;
		join->unread = (table != NULL && table->error != 0) || events->error != 0;
		if (inputs[1].fd < 0 && (inputs[0].fd < 0 || join->pending.count == 0))
			return;
		if (!wait_for_input(inputs, 2, &filter->out, &filter->report))
			return;
		bool table_ready = inputs[0].fd >= 0 && inputs[0].revents != 0;
		if (table_ready)
			input_fill(table);
		if (inputs[1].fd >= 0 && inputs[1].revents != 0 && (!table_ready || turn % TABLE_TURNS == 0))
			input_fill(events);
	}
}

static bool
is_regular(const struct input *in)
{
	struct stat status;
	return fstat(in->fd, &status) == 0 && S_ISREG(status.st_mode);
}

static void
read_streams(struct join *join, const struct streams *streams)
{
	struct filter *filter = &join->filter;
	struct input inputs[2], *table = streams->table == NULL ? NULL : &inputs[0], *events = &inputs[1];
	if (table != NULL && !filter_open_input(filter, streams->table, table))
		return;
	if (filter_open_input(filter, streams->events, events)) {
		bool going = true, whole = table != NULL && is_regular(table);
		if (whole)
			going = read_to_end(join, table, match_table);
		if (going)
			read_both(join, whole ? NULL : table, events);
		match_give_up(join);
		filter_close_input(filter, events);
	}
	if (table != NULL)
		filter_close_input(filter, table);
}

int
streams_run(struct join *join, const char *program, const struct streams *streams)
{
	match_open(join);
	if (filter_open(&join->filter, program) && read_what_is_first(join, streams))
		read_streams(join, streams);
	match_close(join);
	return filter_close(&join->filter);
}
