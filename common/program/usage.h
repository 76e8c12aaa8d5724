/* What a program says of how it is used. Each ends the program. */
#ifndef USAGE_H
#define USAGE_H

/* The texts, ended by NULL, on standard output. */
_Noreturn void usage_help(const char *program, const char *const texts[]);
_Noreturn void usage_version(const char *program);

/* What is wrong with an option or the operands, and in which argument unless that is NULL; and where to look next. */
_Noreturn void usage_wrong(const char *program, const char *option, const char *argument, const char *wrong);

/* Only where to look next, for getopt(3) has said what is wrong. */
_Noreturn void usage_unknown(const char *program);

#endif
