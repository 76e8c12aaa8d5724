#include "decoder.h"

#include "wait.h"

#include <stdlib.h>

void
decoder_open(
	struct decoder *decoder, const struct cli *cli, const char *each, const char *default_fields, char *operands[])
{
	static char *standard_input[] = {"-", NULL};
	struct filter *filter = &decoder->filter;
	paths_open(&filter->paths, filter->options.envelope, false);
	filter->paths.expected = true;
	const char *wrong = each == NULL ? NULL : paths_each(&filter->paths, each, &decoder->each);
	if (wrong != NULL)
		cli_wrong(cli, "--each", each, wrong);
	filter_compile(filter, cli, default_fields, filter->options.envelope ? "position=@position" : NULL);
	decoder->operands = operands[0] != NULL ? operands : standard_input;
	decoder->stopped = !filter_open(filter, cli->program);
}

static bool
next_input(struct decoder *decoder)
{
	while (!decoder->reading && *decoder->operands != NULL)
		decoder->reading = filter_open_input(&decoder->filter, *decoder->operands++, &decoder->in);
	return decoder->reading;
}

static void
end_input(struct decoder *decoder)
{
	filter_close_input(&decoder->filter, &decoder->in);
	decoder->reading = false;
}

bool
decoder_next(struct decoder *decoder, struct slice *json)
{
	struct filter *filter = &decoder->filter;
	struct record record;
	if (filter->report.in > 0)
		filter_look(filter, &filter->record);
	while (!decoder->stopped && next_input(decoder)) {
		struct pollfd readable = {.fd = decoder->in.fd};
		switch (input_next(&decoder->in, &record)) {
		case INPUT_RECORD:
			filter->report.in++;
			if (filter_take(filter, EVENTS, &record, json) == TAKEN_RECORD)
				return true;
			filter_look(filter, &record);
			break;
		case INPUT_OVERLONG:
			filter_reject_overlong(filter, &record);
			break;
		case INPUT_DRY:
			decoder->stopped = !wait_for_input(&readable, 1, &filter->out, &filter->report);
			if (!decoder->stopped)
				input_fill(&decoder->in);
			break;
		case INPUT_END:
			end_input(decoder);
			break;
		}
	}
	return false;
}

static void
reject(struct decoder *decoder, const struct inner *inner, struct reason *reason)
{
	if (inner->part.name != NULL)
		reason_within(reason, &inner->part);
	filter_reject(&decoder->filter, reason);
}

static void
put_elements(struct decoder *decoder, const struct inner *inner)
{
	struct filter *filter = &decoder->filter;
	struct slice rest = path_value(decoder->each, filter->values), element;
	if (!slice_is_array(rest)) {
		filter->report.skipped++;
		return;
	}
	size_t count = 0;
	for (; json_next_element(&rest, &filter->paths.element, filter->values, &element); count++) {
		struct reason reason;
		paths_look(&filter->paths, filter->values);
		if (decoder->each->whole && !slice_is_object(element))
			reason_expected(&reason, "an object", element);
		else if (filter_put(filter, &reason))
			continue;
		reason_within(&reason, &(struct part){decoder->each->text, count, ""});
		reject(decoder, inner, &reason);
	}
	filter->report.skipped += count == 0;
}

void
decoder_put(struct decoder *decoder, const struct inner *inner)
{
	struct filter *filter = &decoder->filter;
	struct reason reason;
	if (!filter_scan(filter, EVENTS, inner->json, &reason)) {
		reject(decoder, inner, &reason);
	} else if (decoder->each != NULL) {
		put_elements(decoder, inner);
	} else if (!filter_put(filter, &reason)) {
		reject(decoder, inner, &reason);
	}
}

int
decoder_close(struct decoder *decoder)
{
	if (decoder->reading)
		end_input(decoder);
	return filter_close(&decoder->filter);
}
