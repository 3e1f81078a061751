/*
 * ages.h - how long calls that have not returned have lasted.
 */
#ifndef BASE_AGES_H
#define BASE_AGES_H

#include <stdint.h>

/* Of several calls, in nanoseconds; 0: it is not known of any. */
struct ages {
    uint64_t longest_ns, shortest_ns;
};

static inline void ages_add(struct ages *ages, struct ages more)
{
    if (more.longest_ns > ages->longest_ns)
        ages->longest_ns = more.longest_ns;
    if (ages->shortest_ns == 0 || (more.shortest_ns && more.shortest_ns < ages->shortest_ns))
        ages->shortest_ns = more.shortest_ns;
}

/* A call that has begun just now has lasted for a nanosecond. */
static inline struct ages ages_of(uint64_t since_ns, uint64_t now_ns)
{
    uint64_t ns = since_ns == 0 || now_ns == 0 ? 0 : now_ns > since_ns ? now_ns - since_ns : 1;
    return (struct ages){ns, ns};
}

#endif
