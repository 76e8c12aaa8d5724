#include "write.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
write_whole(int fd, const char *bytes, size_t length)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);
		if (n >= 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&writable, 1, -1); /* whatever it returns, the next write tells */
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

void
say(const char *format, ...)
{
	char fixed[1024]; /* must do for what is said when memory has run out */
	char *line = fixed;
	va_list arguments;
	va_list again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int formatted = vsnprintf(fixed, sizeof(fixed), format, arguments);
	size_t length = formatted < 0 ? 0 : (size_t)formatted;
	if (length >= sizeof(fixed)) {
		line = malloc(length + 1);
		if (line != NULL)
			vsnprintf(line, length + 1, format, again);
		else
			length = sizeof(fixed) - 1;
	}
	va_end(again);
	va_end(arguments);
	if (line == NULL)
		line = fixed;
	line[length] = '\n';
	write_whole(STDERR_FILENO, line, length + 1);
	if (line != fixed)
		free(line);
}
