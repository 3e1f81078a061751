/*
 * match.h - whether a name that the user typed names a function.
 */
#ifndef NAMES_MATCH_H
#define NAMES_MATCH_H

#include <stdbool.h>

/* Returns whether `wanted` names the function. It may equal the linkage name, or the demangled
 * name: whole, without the parameter list, or without leading namespaces or template arguments
 * ("Server::accept" and "accept" both name "net::Server<int>::accept(int)"). */
bool name_matches(const char *wanted, const char *function, const char *linkage_name);

#endif
