#include "hint.h"

#include <string.h>

static bool
begins(struct slice text, const char *with, size_t length)
{
	return text.length >= length && memcmp(text.at, with, length) == 0;
}

/* What is no text at all is known by its first bytes. */
static const char *
hint_at_first_bytes(struct slice text)
{
	if (begins(text, "\x1F\x8B", 2))
		return "this looks like gzip data: decompress it first (zcat)";
	if (begins(text, "\x28\xB5\x2F\xFD", 4))
		return "this looks like zstd data: decompress it first (zstdcat)";
	if (begins(text,
		    "\xFD"
		    "7zXZ",
		    5))
		return "this looks like xz data: decompress it first (xzcat)";
	if (begins(text, "\xFF\xFE", 2) || begins(text, "\xFE\xFF", 2))
		return "this looks like UTF-16: convert it first (iconv -f UTF-16 -t UTF-8)";
	return NULL;
}

/* What begins on its first line and ends on another. */
static const char *
hint_at_lines(const struct paths *paths, struct slice text, char delimiter)
{
	bool array = *text.at == '[' && !paths->sides[EVENTS].record.array && !paths->enveloped;
	struct slice rest = {text.at + 1, text.length - 1};
	bool goes_on = delimiter == '\n' && slice_is_blank(rest);
	if (array && paths->two_sided)
		return "this looks like a JSON array: put each record on a line (events-decode -z -e . -f .)";
	if (array)
		return goes_on ? "this looks like a JSON array over several lines: add -z --each ."
			       : "these look like JSON arrays: add --each .";
	if (goes_on && (*text.at == '{' || *text.at == '['))
		return "these look like records over several lines: add -z (then each ends in NUL, or with its file)";
	return NULL;
}

const char *
hint_at(const struct paths *paths, const struct record *record, bool rejected)
{
	struct slice text = record->bytes;
	while (text.length > 0 && strchr(PATH_BLANKS, *text.at) != NULL) {
		text.at++;
		text.length--;
	}
	const struct envelope *envelope = &paths->sides[EVENTS].envelope;
	if (!paths->enveloped && envelope_is_one(envelope, record->bytes))
		return "these look like kcat -J envelopes: add -J";
	if (!rejected || text.length == 0)
		return NULL;
	const char *hint = hint_at_first_bytes(text);
	if (hint == NULL)
		hint = hint_at_lines(paths, text, record->delimiter);
	if (hint == NULL && paths->enveloped && envelope_is_none(envelope, record->bytes))
		hint = "these are no kcat -J envelopes: leave out -J";
	return hint;
}
