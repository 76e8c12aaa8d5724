/* Standard descriptors that are closed. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stdbool.h>

/*
 * The next thing opened, a connection or a file, would get the number of a standard descriptor that is closed, and what
 * is meant for that would go there. Puts something in its place of which reading, or writing, fails as on a closed one.
 * To be called before anything is opened. Returns false with errno set when it can't.
 */
bool descriptors_occupy(void);

#endif
