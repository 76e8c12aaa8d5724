/* What the programs beside the filters answer to --help and to wrong usage. Both return the exit status. */
#ifndef USAGE_H
#define USAGE_H

/* The line on standard error. */
int usage(const char *line);

/* The texts, ended by a NULL, on standard output; that this can't be written is said for PROGRAM. */
int help(const char *program, const char *const texts[]);

#endif
