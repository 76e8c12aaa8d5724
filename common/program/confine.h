/* Giving up, once all that will be written is open, what a program has no more use for: should input find a fault in
 * it, it can do less. */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

/*
 * From now on no file can be opened for writing, made, removed or executed and, unless `network` is needed, no TCP
 * connection made (Linux 6.7); what is open stays so, and files can still be read. Returns false where the kernel has
 * no Landlock (Linux 5.13), which changes nothing.
 */
bool confine(bool network);

#endif
