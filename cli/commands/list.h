/*
 * list.h - prints the known leaves.
 */
#ifndef COMMANDS_LIST_H
#define COMMANDS_LIST_H

#include <stdio.h>

/* --list-leaves: prints every group with its functions. */
void command_list_leaves(FILE *out);

#endif
