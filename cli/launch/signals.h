/*
 * signals.h - holds signals, and gives the program the settings from before.
 */
#ifndef LAUNCH_SIGNALS_H
#define LAUNCH_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* From this call on signals are held, until attend passes them on (attend.h) or signals_release is
 * called. So no signal is lost before there is a program, and none ends this process while a
 * session must be removed. */
void signals_hold(void);

/* Signals have their former effect again. Does nothing if they are not held. */
void signals_release(void);

/* The same for a child that becomes the program. */
void signals_restore(void);

/* The signals that are passed on, except those that were blocked when they were held. */
void signals_choose_passed_on(sigset_t *set);

/* Returns whether the signal is passed on, and ends a program that does not handle it (signal(7)).
 */
bool signals_does_end(int signal);

/* Blocks these, SIGCHLD, and what was blocked when signals were held; no others. */
void signals_block(const sigset_t *set);

/* Takes the signals of the set that are pending now. */
void signals_take_pending(const sigset_t *set, sigset_t *taken);

#endif
