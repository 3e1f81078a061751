/*
 * address.c - addresses of IPv4 and IPv6 as text.
 */
#include "objects/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "trace_format.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_mapped(const struct trace_address *address)
{
    return address->family == AF_INET6 && memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

/* Returns the four bytes of an address of IPv4, or NULL. */
static const uint8_t *bytes_of_ipv4(const struct trace_address *address)
{
    if (is_mapped(address))
        return address->bytes + sizeof mapped;
    return address->family == AF_INET ? address->bytes : NULL;
}

static size_t size_of(const struct trace_address *address)
{
    return address->family == AF_INET ? 4 : sizeof address->bytes;
}

bool address_is_any(const struct trace_address *address)
{
    static const uint8_t zeros[16];
    return memcmp(address->bytes, zeros, size_of(address)) == 0;
}

bool address_is_loopback(const struct trace_address *address)
{
    static const uint8_t one[16] = {[15] = 1};
    const uint8_t *bytes = bytes_of_ipv4(address);
    if (bytes)
        return bytes[0] == 127;
    return address->family == AF_INET6 && memcmp(address->bytes, one, sizeof one) == 0;
}

bool address_is_same(const struct trace_address *a, const struct trace_address *b)
{
    const uint8_t *left = bytes_of_ipv4(a), *right = bytes_of_ipv4(b);
    if (left && right)
        return memcmp(left, right, 4) == 0;
    return a->family == b->family && memcmp(a->bytes, b->bytes, size_of(a)) == 0;
}

void address_text(const struct trace_address *address, bool with_port, char *text)
{
    char name[INET6_ADDRSTRLEN] = "";
    const uint8_t *ipv4 = bytes_of_ipv4(address);
    if (!address_is_any(address) || !with_port)
        inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? ipv4 : address->bytes, name, sizeof name);
    if (!with_port)
        snprintf(text, ADDRESS_TEXT, "%s", name);
    else if (ipv4 || name[0] == '\0')
        snprintf(text, ADDRESS_TEXT, "%s:%u", name, address->port);
    else
        snprintf(text, ADDRESS_TEXT, "[%s]:%u", name, address->port);
}
