#include "decoder.h"

#include "memory.h"
#include "wait.h"

#include <stdio.h>
#include <stdlib.h>

void
decoder_compile(struct decoder *decoder, const struct cli *cli, const char *each, const char *default_fields)
{
	struct filter *filter = &decoder->filter;
	paths_open(&filter->paths, filter->options.envelope, false);
	const char *wrong = each == NULL ? NULL : paths_each(&filter->paths, each);
	if (wrong != NULL)
		cli_wrong(cli, "--each", each, wrong);
	filter_compile(filter, cli, default_fields);
	decoder->each = each;
	decoder->record = need(calloc(filter->paths.trees[RECORD].slots + 1, sizeof(struct slice)));
	decoder->element = need(calloc(filter->paths.trees[ELEMENT].slots + 1, sizeof(struct slice)));
}

static void
reject(struct decoder *decoder, struct record *record, struct reason *reason, const struct part *within)
{
	if (within != NULL)
		reason_within(reason, within);
	filter_reject(&decoder->filter, ENVELOPE, record, reason);
}

static void
put_elements(struct decoder *decoder, struct record *record, const struct view *view, const struct part *within)
{
	struct filter *filter = &decoder->filter;
	struct slice rest = decoder->record[filter->paths.each_place.slot], element;
	if (!slice_is_array(rest)) {
		filter->report.skipped++;
		return;
	}
	const struct json_tree *tree = &filter->paths.trees[ELEMENT];
	size_t count = 0;
	for (; json_next_element(&rest, tree, decoder->element, &element); count++) {
		struct reason reason;
		if (filter_put(filter, view, &reason))
			continue;
		reason_within(&reason, &(struct part){decoder->each, count, ""});
		reject(decoder, record, &reason, within);
	}
	filter->report.skipped += count == 0;
}

void
decoder_put(struct decoder *decoder, struct record *record, struct slice json, const struct part *within)
{
	struct filter *filter = &decoder->filter;
	struct view view = {{[RECORD] = decoder->record,
		[ELEMENT] = decoder->element,
		[ENVELOPE] = filter->paths.envelopes[ENVELOPE].slots}};
	struct json_error error;
	struct reason reason;
	if (!json_scan(json.at, json.length, &filter->paths.trees[RECORD], decoder->record, &error)) {
		reason_at_column(&reason, error, json);
		reject(decoder, record, &reason, within);
	} else if (filter->paths.each != NULL) {
		put_elements(decoder, record, &view, within);
	} else if (!filter_put(filter, &view, &reason)) {
		reject(decoder, record, &reason, within);
	}
}

static void
take(struct decoder *decoder, struct record *record)
{
	struct slice json;
	decoder->filter.report.in++;
	if (filter_unwrap(&decoder->filter, ENVELOPE, record, &json))
		decoder->decode(decoder, record, json);
}

/* All records of one input. Returns false when a signal or an error of the output says stop. */
static bool
decode_input(struct decoder *decoder, struct input *in)
{
	struct filter *filter = &decoder->filter;
	struct pollfd readable = {.fd = in->fd};
	struct record record;
	for (;;) {
		switch (input_next(in, &record)) {
		case INPUT_RECORD:
			take(decoder, &record);
			break;
		case INPUT_OVERLONG:
			filter_reject_overlong(filter, &record);
			break;
		case INPUT_DRY:
			if (!wait_for_input(&readable, 1, &filter->out, &filter->report))
				return false;
			input_fill(in);
			break;
		case INPUT_END:
			return true;
		}
	}
}

int
decoder_run(struct decoder *decoder, const char *program, char *operands[])
{
	static char *standard_input[] = {"-", NULL};
	struct filter *filter = &decoder->filter;
	if (operands[0] == NULL)
		operands = standard_input;
	bool going = filter_open(filter, program);
	for (; going && *operands != NULL; operands++) {
		struct input in;
		if (filter_open_input(filter, *operands, &in)) {
			going = decode_input(decoder, &in);
			filter_close_input(filter, &in);
		}
	}
	free(decoder->record);
	free(decoder->element);
	return filter_close(filter);
}
