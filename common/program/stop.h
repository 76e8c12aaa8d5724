/* Signals, which are only noted, and the one place where a program waits for anything that one of them is to end. */
#ifndef STOP_H
#define STOP_H

#include <poll.h>
#include <signal.h>

/*
 * From now on the first SIGTERM and the first SIGINT are only noted, as a request to end after the record that is
 * being written; a second one of the same kind kills, should the output be stuck.
 */
void stop_on_signals(void);

/* The one of them that came, 0: none yet. */
int stop_signal(void);

/* Blocks them, for a thread that is started meanwhile to leave them to this one, and stores what was blocked before. */
void stop_block(sigset_t *before);

/* From now on this signal, too, is only noted, every time it comes. */
void stop_note(int signal);

/* The latest of the signals to note that came since the last call, 0: none. */
int stop_noted(void);

/*
 * From now on SIGPIPE, which a lost connection raises, too, is put off until stop_if_unread() is told of an output's
 * error: where that is EPIPE, it does what SIGPIPE was to do, and as a rule doesn't return.
 */
void stop_put_off_sigpipe(void);
void stop_if_unread(int error);

/*
 * poll(2) that any of these signals ends, even one that came before. Milliseconds, -1: without end.
 * Returns as poll() does; having been interrupted counts as 0 descriptors ready.
 */
int stop_poll(struct pollfd *, nfds_t, int milliseconds);

/* Sleeps, or returns early with a stop signal. */
void stop_sleep(double seconds);

#endif
