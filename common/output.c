#include "output.h"

#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
output_open(struct output *out, int fd, size_t pad)
{
	int flags = fcntl(fd, F_GETFL);
	out->fd = fd;
	out->pad = pad;
	out->error = flags < 0 ? errno : (flags & O_ACCMODE) == O_RDONLY ? EBADF : 0;
	out->bytes = 0;
	out->used = 0;
}

static void
write_out(struct output *out, const char *bytes, size_t length)
{
	if (out->error == 0)
		out->error = write_whole(out->fd, bytes, length);
}

void
output_flush(struct output *out)
{
	write_out(out, out->buffer, out->used);
	out->used = 0;
}

void
output_bytes(struct output *out, const char *bytes, size_t length)
{
	out->bytes += length;
	if (length > sizeof(out->buffer) - out->used) {
		output_flush(out);
		if (length > sizeof(out->buffer)) {
			write_out(out, bytes, length);
			return;
		}
	}
	memcpy(out->buffer + out->used, bytes, length);
	out->used += length;
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
	return out->error;
}
