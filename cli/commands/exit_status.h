/*
 * exit_status.h - what the tool exits with where that is not the status of the program.
 */
#ifndef COMMANDS_EXIT_STATUS_H
#define COMMANDS_EXIT_STATUS_H

/* As env(1) has them. */
#define EXIT_TOOL_FAILED 125
#define EXIT_NOT_RUN     126
#define EXIT_NOT_FOUND   127

#endif
