/*
 * exit_status.h - the tool's exit status where it is not the program's.
 */
#ifndef COMMANDS_EXIT_STATUS_H
#define COMMANDS_EXIT_STATUS_H

/* The same values as env(1). */
#define EXIT_TOOL_FAILED 125
#define EXIT_NOT_RUN     126
#define EXIT_NOT_FOUND   127

#endif
