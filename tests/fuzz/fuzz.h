/*
 * What the targets for libFuzzer share. What a target finds wrong it says, and aborts: libFuzzer then keeps the input.
 * `make fuzz` builds and runs them, starting from tests/fuzz/corpus.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "json_oracle.h"

#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

__attribute__((format(printf, 1, 2))) static _Noreturn void
refute(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	abort();
}

/* Takes what stands before the next `end`, or all that is left, off the input. A copy, NUL behind it; freed by drop().
 */
static struct slice
take_part(struct slice *input, const char *end)
{
	const char *found = memmem(input->at, input->length, end, strlen(end));
	size_t length = found == NULL ? input->length : (size_t)(found - input->at);
	size_t skipped = found == NULL ? length : length + strlen(end);
	char *copy = malloc(length + 1);
	memcpy(copy, input->at, length);
	copy[length] = '\0';
	*input = (struct slice){input->at + skipped, input->length - skipped};
	return (struct slice){copy, length};
}

static void
drop(struct slice part)
{
	free((char *)part.at);
}

/* A file in memory that is empty again. */
static int
emptied(int *file)
{
	if (*file == 0 && (*file = memfd_create("fuzz", MFD_CLOEXEC)) < 0)
		refute("no file in memory");
	if (ftruncate(*file, 0) != 0 || lseek(*file, 0, SEEK_SET) != 0)
		refute("a file in memory can't be emptied");
	return *file;
}

/* What was written to it, with a NUL behind it; the caller frees it. */
static char *
content(int file, size_t *length)
{
	*length = (size_t)lseek(file, 0, SEEK_END);
	char *text = malloc(*length + 1);
	if (pread(file, text, *length, 0) != (ssize_t)*length)
		refute("a file in memory can't be read");
	text[*length] = '\0';
	return text;
}

/* The JSON object that a line of output must be, as jansson has it; the line is changed where jansson has limits. */
static json_t *
object_of(char *line, size_t length)
{
	json_t *object = oracle_load(line, length);
	if (!json_is_object(object))
		refute("no JSON object is: %.*s", (int)length, line);
	return object;
}

#endif
