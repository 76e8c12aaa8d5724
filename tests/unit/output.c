/* Parts: output memory write */
#include "output.h"

#include "random.h"
#include "tap.h"

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

int
main(void)
{
	check_model(0, 5000);
	check_model(1024, 5000);
	check_model(7, 2000);
	return tap_end();
}
