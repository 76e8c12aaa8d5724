#include "output.h"

#include "memory.h"
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_CAPACITY = 1 << 16 };

void
output_open(struct output *out, int fd, size_t pad)
{
	struct stat status;
	int flags = fcntl(fd, F_GETFL);
	*out = (struct output){.fd = fd, .pad = pad, .whole = pad > 0, .capacity = FIRST_CAPACITY};
	out->error = flags < 0 ? errno : (flags & O_ACCMODE) == O_RDONLY ? EBADF : 0;
	out->is_pipe = fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
	out->is_terminal = isatty(fd) == 1;
	out->whole |= out->is_terminal; /* no character is cut */
	out->buffer = need(malloc(out->capacity));
}

/* A write to a pipe is cut by nothing where it needs not wait for room. */
static void
wait_for_room(const struct output *out, size_t length)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	struct pollfd reader = {.fd = out->fd};
	int held;
	if (!out->is_pipe || length <= PIPE_BUF)
		return;
	fcntl(out->fd, F_SETPIPE_SZ, length); /* more than is allowed, or less than it has, changes nothing */
	while (ioctl(out->fd, FIONREAD, &held) == 0 && held > 0 && poll(&reader, 1, 0) == 0)
		nanosleep(&moment, NULL);
}

/* As many records as a pipe takes whole, or the one that is longer. */
static size_t
records_of_a_write(const char *bytes, size_t length)
{
	if (length <= PIPE_BUF)
		return length;
	const char *end = memrchr(bytes, '\n', PIPE_BUF);
	if (end == NULL)
		end = memchr(bytes + PIPE_BUF, '\n', length - PIPE_BUF);
	return end != NULL ? (size_t)(end + 1 - bytes) : length;
}

/* DEL and the C1 controls, which stand only in strings. */
static bool
is_control(const char *at, const char *end)
{
	return *at == 0x7F || (end - at > 1 && at[0] == '\xC2' && ((unsigned char)at[1] & 0xE0) == 0x80);
}

static void
write_escaped(struct output *out, const char *bytes, size_t length)
{
	const char *end = bytes + length;
	while (bytes < end && out->error == 0) {
		const char *control = bytes;
		while (control < end && !is_control(control, end))
			control++;
		out->error = write_whole(out->fd, bytes, (size_t)(control - bytes));
		bytes = control;
		if (bytes == end || out->error != 0)
			return;
		char escape[8];
		bool two = *bytes != 0x7F;
		snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)(unsigned char)bytes[two]);
		out->error = write_whole(out->fd, escape, strlen(escape));
		bytes += 1 + two;
	}
}

static void
write_out(struct output *out, const char *bytes, size_t length)
{
	if (out->is_terminal) {
		write_escaped(out, bytes, length);
		return;
	}
	while (length > 0 && out->error == 0) {
		size_t part = length;
		if (out->pad > 0) {
			part = records_of_a_write(bytes, length);
			wait_for_room(out, part);
		}
		out->error = write_whole(out->fd, bytes, part);
		bytes += part;
		length -= part;
	}
}

void
output_flush(struct output *out)
{
	write_out(out, out->buffer, out->used);
	out->used = 0;
}

/* Writes the whole records that are held, and makes room for more of the one behind them. */
static void
make_room(struct output *out, size_t length)
{
	const char *end = memrchr(out->buffer, '\n', out->used);
	size_t complete = end != NULL ? (size_t)(end + 1 - out->buffer) : 0;
	write_out(out, out->buffer, complete);
	out->used -= complete;
	memmove(out->buffer, out->buffer + complete, out->used);
	if (length > out->capacity - out->used) {
		out->capacity = length + 2 * out->used;
		out->buffer = need(realloc(out->buffer, out->capacity));
	}
}

void
output_beyond(struct output *out, const char *bytes, size_t length)
{
	if (out->whole)
		make_room(out, length);
	else
		output_flush(out);
	if (length <= out->capacity - out->used) {
		output_bytes(out, bytes, length);
		return;
	}
	out->bytes += length;
	write_out(out, bytes, length);
}

void
output_take_back(struct output *out, size_t length)
{
	out->used -= length;
	out->bytes -= length;
}

void
output_string(struct output *out, const char *string)
{
	output_bytes(out, string, strlen(string));
}

void
output_byte(struct output *out, char byte)
{
	output_bytes(out, &byte, 1);
}

void
output_idle(struct output *out)
{
	while (out->pad > 0 && out->bytes % out->pad != 0)
		output_byte(out, '\n');
	output_flush(out);
}

int
output_close(struct output *out)
{
	output_flush(out);
	if (close(out->fd) != 0 && out->error == 0)
		out->error = errno;
	free(out->buffer);
	return out->error;
}
