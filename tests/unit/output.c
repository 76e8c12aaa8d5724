/* Parts: output memory write */
#include "output.h"

#include "random.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct output out; /* large */

/* What the file holds, from its start; the caller frees it. */
static char *
content(int fd, size_t *length)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *bytes = malloc((size_t)end + 1);
	*length = (size_t)end;
	if (pread(fd, bytes, *length, 0) != (ssize_t)end)
		*length = 0;
	return bytes;
}

/* Random writes, flushes and idle times against the same appended to memory. */
static void
check_model(size_t pad, unsigned steps)
{
	int fd = memfd_create("output", 0);
	size_t used = 0, room = 0, length;
	char *model = NULL, *piece = malloc(200000);
	unsigned wrong = 0, idles = 0;
	output_open(&out, dup(fd), pad);
	memset(piece, 'p', 200000);
	for (unsigned i = 0; i < steps; i++) {
		size_t size = random_below(50) == 0 ? random_below(200000) : random_below(300);
		if (used + size + pad > room)
			model = realloc(model, room = 2 * (used + size + pad));
		output_bytes(&out, piece, size);
		memcpy(model + used, piece, size);
		used += size;
		if (random_below(10) > 0)
			continue;
		output_idle(&out);
		idles++;
		while (pad > 0 && used % pad != 0)
			model[used++] = '\n';
		wrong += lseek(fd, 0, SEEK_END) != (off_t)used; /* nothing is held back */
	}
	output_string(&out, "end");
	output_byte(&out, '!');
	ok(output_close(&out) == 0, "closes without an error");
	char *written = content(fd, &length);
	ok(wrong == 0 && idles > 0 && length == used + 4 && memcmp(written, model, used) == 0 &&
			memcmp(written + used, "end!", 4) == 0 && out.bytes == length,
		"%zu bytes are those given, with blocks of %zu filled up %u times", length, pad, idles);
	free(written);
	free(model);
	free(piece);
	close(fd);
}

static void
check_pad(void)
{
	int fd = memfd_create("output", 0);
	size_t length;
	output_open(&out, dup(fd), 1024);
	output_idle(&out);
	ok(lseek(fd, 0, SEEK_END) == 0, "no block was begun: nothing to fill up");
	output_string(&out, "x\n");
	ok(lseek(fd, 0, SEEK_END) == 0, "a record is held until the stream goes idle");
	output_idle(&out);
	output_idle(&out);
	char *written = content(fd, &length);
	bool blank = length == 1024;
	for (size_t i = 2; i < length; i++)
		blank = blank && written[i] == '\n';
	ok(blank && written[0] == 'x', "then the block is filled up, once");
	free(written);
	output_string(&out, "y\n");
	ok(output_close(&out) == 0 && lseek(fd, 0, SEEK_END) == 1026, "the last block is not");
	close(fd);
}

static void
check_errors(void)
{
	static const char zeros[100000];
	output_open(&out, open("/dev/full", O_WRONLY), 0);
	output_string(&out, "lost\n");
	output_flush(&out);
	ok(out.error == ENOSPC, "a full disk is noted");
	for (int i = 0; i < 10; i++)
		output_bytes(&out, zeros, sizeof(zeros));
	ok(output_close(&out) == ENOSPC, "and told when the output closes");

	output_open(&out, open("/dev/full", O_WRONLY), 0);
	output_string(&out, "lost\n");
	ok(output_close(&out) == ENOSPC, "also where only closing writes");

	int fds[2];
	signal(SIGPIPE, SIG_IGN);
	ok(pipe(fds) == 0 && close(fds[0]) == 0, "a pipe without a reader");
	output_open(&out, fds[1], 0);
	output_bytes(&out, zeros, sizeof(zeros));
	ok(output_close(&out) == EPIPE, "breaks");

	output_open(&out, fds[1], 0);
	output_string(&out, "lost\n");
	ok(output_close(&out) == EBADF, "a closed descriptor is none");
}

int
main(void)
{
	check_model(0, 5000);
	check_model(1024, 5000);
	check_model(7, 2000);
	check_pad();
	check_errors();
	return tap_end();
}
