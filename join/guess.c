#include "guess.h"

#include <string.h>

/* How far from its last place a label is looked for, and after how many wrong guesses none is made any more. */
enum { NEAR = 48, WRONG_MOST = 32 };

static const char *
find_label(const struct guess *guess, struct slice ahead)
{
	size_t at = guess->at, length = guess->length;
	if (length == 0)
		return NULL;
	if (at + length <= ahead.length && memcmp(ahead.at + at, guess->label, length) == 0)
		return ahead.at + at;
	size_t from = at < NEAR ? 0 : at - NEAR, to = at + length + NEAR;
	if (to > ahead.length)
		to = ahead.length;
	return from < to ? memmem(ahead.at + from, to - from, guess->label, length) : NULL;
}

bool
guess_next(struct guess *guess, struct slice ahead)
{
	struct guessed *next = &guess->next;
	guess->this = *next;
	next->length = 0;
	const char *label = find_label(guess, ahead);
	if (label == NULL)
		return false;
	guess->at = (size_t)(label - ahead.at);
	const char *key = label + guess->length;
	size_t left = (size_t)(ahead.at + ahead.length - key);
	const char *end = memchr(key, '"', left < GUESS_MOST ? left : GUESS_MOST);
	if (end == NULL)
		return false;
	/* within the string that is an envelope's payload, quotes are escaped */
	next->length = (size_t)(end - key) - (end > key && end[-1] == '\\');
	memcpy(next->key, key, next->length);
	return next->length > 0;
}

bool
guess_is_right(const struct guess *guess, struct slice key)
{
	const struct guessed *guessed = &guess->this;
	return guessed->length > 0 && guessed->length == key.length && memcmp(guessed->key, key.at, key.length) == 0;
}

/* Goes back over the quote before a key to the one that begins its name. Returns `key` where there is none. */
static const char *
label_before(const char *key, const char *start)
{
	unsigned quotes = 0;
	for (const char *at = key; at > start && key - at < LABEL_MOST;)
		if (*--at == '"' && ++quotes == 3)
			return at;
	return key;
}

void
guess_learn(struct guess *guess, struct slice record, struct slice value)
{
	if (guess->wrong == WRONG_MOST)
		return;
	guess->wrong++;
	guess->length = 0;
	if (!slice_is_string(value) || value.length <= 2)
		return;
	const char *key = value.at + 1;
	if (key < record.at || key > record.at + record.length) /* it was taken out of an envelope */
		key = memmem(record.at, record.length, key, value.length - 2);
	if (key == NULL)
		return;
	const char *label = label_before(key, record.at);
	guess->length = (size_t)(key - label);
	guess->at = (size_t)(label - record.at);
	memcpy(guess->label, label, guess->length);
}
