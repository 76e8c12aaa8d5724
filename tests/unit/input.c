/* Parts: input json json_string utf8 buffer memory write */
#include "input.h"

#include "random.h"
#include "tap.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MAX = 20 };

/* What is expected and what comes, as text: "LINE:bytes" and its end, a line each, parts of a long record joined. */
static void
note(struct buffer *notes, uintmax_t line, const char *bytes, size_t length, const char *end)
{
	char number[32];
	int digits = snprintf(number, sizeof(number), "%ju:", line);
	buffer_append(notes, number, (size_t)digits);
	buffer_append(notes, bytes, length);
	buffer_append(notes, end, strlen(end));
}

static bool
blank(const char *bytes, size_t length)
{
	size_t i = 0;
	while (i < length && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' || bytes[i] == '\n'))
		i++;
	return i == length;
}

/* The rules, applied to the whole text at once. */
static void
expect(const char *text, size_t length, char delimiter, struct buffer *notes)
{
	uintmax_t line = 0;
	for (size_t start = 0, end; start < length; start = end + 1) {
		for (end = start; end < length && text[end] != delimiter;)
			end++;
		size_t size = end - start;
		bool cr = end < length && delimiter == '\n' && size > 0 && text[end - 1] == '\r';
		line++;
		if (size > MAX)
			note(notes, line, text + start, size, " overlong\n");
		else if (!blank(text + start, size))
			note(notes, line, text + start, size - cr, cr ? " CR\n" : "\n");
	}
}

static struct buffer overlong; /* the parts so far */

/* Takes what there is. Returns false when a record contradicts itself. */
static bool
drain(struct input *in, struct buffer *notes, enum input_result *result)
{
	struct record record;
	bool right = true;
	while ((*result = input_next(in, &record)) == INPUT_RECORD || *result == INPUT_OVERLONG) {
		right = right && record.bytes.at[record.bytes.length] == '\0' && strcmp(record.file, "name") == 0 &&
			record.delimiter == in->delimiter && record.overlong == (*result == INPUT_OVERLONG);
		if (*result == INPUT_RECORD) {
			note(notes, record.line, record.bytes.at, record.bytes.length,
				record.carriage_return ? " CR\n" : "\n");
			continue;
		}
		right = right && record.first == (overlong.length == 0);
		buffer_append(&overlong, record.bytes.at, record.bytes.length);
		buffer_append(&overlong, "\r", record.carriage_return);
		if (record.last) {
			note(notes, record.line, overlong.bytes, overlong.length, " overlong\n");
			overlong.length = 0;
		}
	}
	return right;
}

/* Writes the text in three pieces, each read before the next is written. */
static bool
survives(const char *text, const size_t ends[3], char delimiter, const struct buffer *expected)
{
	int ends_of_pipe[2];
	struct input in;
	struct buffer notes = {0};
	enum input_result result = INPUT_DRY;
	bool right = pipe(ends_of_pipe) == 0;
	input_open(&in, ends_of_pipe[0], "name", delimiter, MAX);
	right = right && drain(&in, &notes, &result) && result == INPUT_DRY;
	for (size_t i = 0, start = 0; i < 3; start = ends[i++]) {
		if (ends[i] == start)
			continue;
		right = right && write(ends_of_pipe[1], text + start, ends[i] - start) == (ssize_t)(ends[i] - start);
		input_fill(&in);
		right = right && drain(&in, &notes, &result) && result == INPUT_DRY;
	}
	close(ends_of_pipe[1]);
	input_fill(&in);
	right = right && drain(&in, &notes, &result) && result == INPUT_END && in.error == 0;
	right = right && input_next(&in, &(struct record){0}) == INPUT_END;
	right = right && notes.length == expected->length &&
		(notes.length == 0 || memcmp(notes.bytes, expected->bytes, notes.length) == 0);
	if (!right)
		printf("# cut at %zu and %zu: %.*s\n", ends[0], ends[1], (int)notes.length, notes.bytes);
	overlong.length = 0;
	buffer_free(&notes);
	input_close(&in);
	return right;
}

static void
check_cuts(const char *text, size_t length, char delimiter, const char *what)
{
	struct buffer expected = {0};
	unsigned wrong = 0, cuts = 0;
	expect(text, length, delimiter, &expected);
	for (size_t first = 0; first <= length && wrong < 3; first += tap_stride())
		for (size_t second = first; second <= length && wrong < 3; second += tap_stride(), cuts++)
			wrong += !survives(text, (size_t[]){first, second, length}, delimiter, &expected);
	ok(wrong == 0, "%s: cut at two places in %u ways", what, cuts);
	buffer_free(&expected);
}

/* A record of `length` bytes through a pipe that holds less than that. */
static void
check_large(size_t length, size_t max, bool is_overlong)
{
	char *text = malloc(length), chunk[1000];
	int fds[2];
	struct input in;
	struct record record;
	struct buffer taken = {0};
	size_t sent = 0;
	bool right = pipe(fds) == 0, ended = false;
	for (size_t i = 0; i < length; i++)
		text[i] = (char)('a' + random_below(26));
	input_open(&in, fds[0], "name", '\n', max);
	while (!ended) {
		enum input_result result = input_next(&in, &record);
		if (result == INPUT_RECORD || result == INPUT_OVERLONG) {
			right = right && (result == INPUT_OVERLONG) == is_overlong;
			buffer_append(&taken, record.bytes.at, record.bytes.length);
		} else if (result == INPUT_END) {
			ended = true;
		} else {
			size_t more = length - sent < sizeof(chunk) ? length - sent : sizeof(chunk);
			memcpy(chunk, text + sent, more);
			right = right && write(fds[1], chunk, more) == (ssize_t)more;
			sent += more;
			if (more == 0)
				close(fds[1]);
			input_fill(&in);
		}
	}
	right = right && taken.length == length && memcmp(taken.bytes, text, length) == 0;
	size_t most = 2 * max + (1 << 19);
	ok(right && in.buffer.capacity < most, "a record of %zu bytes where %zu are allowed: %zu held", length, max,
		in.buffer.capacity);
	buffer_free(&taken);
	input_close(&in);
	free(text);
}

static void
check_dry(void)
{
	struct input in;
	struct record record;
	int fds[2];
	ok(pipe(fds) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0, "a pipe that holds nothing yet");
	input_open(&in, fds[0], "name", '\n', MAX);
	input_fill(&in);
	ok(input_next(&in, &record) == INPUT_DRY && in.error == 0, "is no end and no error");
	close(fds[1]);
	input_close(&in);
}

int
main(void)
{
	static const char lines[] = "a\nbc\r\n\n \t \r\nd\re\r\r\n01234567890123456789\n"
				    "012345678901234567890123\r\nx\r\n\r\n012345678901234567890";
	static const char nuls[] = "{\n}\0\0 \n\0a\r\0"
				   "012345678901234567890\0\n\r\0last";
	check_cuts(lines, sizeof(lines) - 1, '\n', "lines");
	check_cuts(nuls, sizeof(nuls) - 1, '\0', "records that end in NUL");
	check_cuts("a\0b\n\0\n", 6, '\n', "NUL within lines");
	check_cuts("", 0, '\n', "nothing");
	check_cuts("\n", 1, '\n', "an empty line");
	check_cuts("\r\n\r", 3, '\n', "a CR at the end");
	check_cuts("x", 1, '\n', "one byte");
	check_cuts("01234567890123456789\r\n", 22, '\n', "as long as allowed, with CR LF");
	check_large(300000, 8 << 20, false);
	check_large(1000000, 1000000, false);
	check_large(1000001, 1000000, true);
	check_large(20000000 / tap_stride(), 100000, true);
	check_dry();
	buffer_free(&overlong);
	return tap_end();
}
