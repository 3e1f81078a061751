/*
 * address.h - addresses of IPv4 and IPv6 as text.
 */
#ifndef OBJECTS_ADDRESS_H
#define OBJECTS_ADDRESS_H

#include <stdbool.h>

struct trace_address;

#define ADDRESS_TEXT 64 /* bytes that the longest text takes, with its NUL */

/* Writes "127.0.0.1", or with the port "127.0.0.1:80", "[::1]:80", or ":80" if the address is any.
 * An IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2) is one of IPv4. */
void address_text(const struct trace_address *address, bool with_port, char *text);

/* Returns whether only this machine has the address. */
bool address_is_loopback(const struct trace_address *address);

/* Returns whether both are the same, whatever their ports. */
bool address_is_same(const struct trace_address *a, const struct trace_address *b);

/* Returns whether a socket that has this local address takes what comes to any address. */
bool address_is_any(const struct trace_address *address);

#endif
