/*
 * Writing that ends only when all is written: a signal, a descriptor that takes only a part or, being non-blocking,
 * nothing for now, don't end it. While it waits a stop signal is noted, as ever, and a second one kills.
 */
#ifndef WRITE_H
#define WRITE_H

#include <stddef.h>

/* Returns 0, or the errno of what failed. */
int write_whole(int fd, const char *bytes, size_t length);

/*
 * Writes a line to standard error, where all that a program says besides its output goes, with an LF behind it. That it
 * can't be written changes nothing: there is no other place to say so.
 */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
