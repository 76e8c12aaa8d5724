/* What a program's exit status says, besides that all went well. */
#ifndef STATUS_H
#define STATUS_H

enum {
	EXIT_REJECTED = 1, /* some records were rejected */
	EXIT_TROUBLE = 2,  /* wrong usage, or something that can't be read, written or had */
	EXIT_SIGNAL = 128, /* plus the number of the signal that ended it */
};

#endif
