/*
 * objects.h - what calls of leaves have waited for: descriptors, locks, processes and so on.
 *
 * An object belongs to a process. For each leaf and each of its objects there is a part of the
 * leaf's calls. The parts of a leaf never add up to more than the leaf has.
 */
#ifndef TRACE_OBJECTS_H
#define TRACE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ages.h"
#include "trace_format.h"

#define OBJECTS_NONE UINT32_MAX /* "no such index" */

/* The fields of `type` are as in struct trace_object. */
struct snapshot_object {
    uint32_t type;    /* enum trace_object_type, but not TRACE_OBJECT_NOTHING */
    uint32_t module;  /* of a lock that is a variable: index in modules[], else OBJECTS_NONE */
    uint32_t record;  /* its place in the trace; 0: not known */
    const char *text; /* NULL: none */
    uint64_t id;
    union {
        struct trace_address addresses[2]; /* of a connection: the local one, the peer's */
        struct {
            uint64_t device, inode;
            int pid;
        } file;
        uint64_t address; /* of a lock with a module: in the module's file */
        struct {
            uint32_t count;                      /* how many descriptors; 0: not known */
            uint32_t members[TRACE_SET_MEMBERS]; /* the first ones: indexes in list[], of objects
                                                  * that are no sets, or OBJECTS_NONE */
        } set;
    };
    /* Of a lock that is a variable: its name, and where the lock lies in it. NULL: not known. */
    const char *variable;
    uint64_t offset;
};

/* A call that has let a waiting one go: a leaf, or a function that is none and that no tree has. */
struct snapshot_waker {
    const char *name; /* never NULL */
    uint32_t caller;  /* index in nodes[], of a frame, or OBJECTS_NONE */
};

/* The part of a leaf's calls that was for one object. */
struct snapshot_object_calls {
    uint32_t node;   /* index in nodes[], of a leaf */
    uint32_t object; /* index in list[] */
    uint64_t hits;
    uint64_t returns; /* never more than hits */
    uint64_t total_ns;
    uint64_t longest_ns; /* never more than total_ns */
    int holder; /* of a lock: the id of the thread that held it when the latest call began; 0:
                 * not known */
    int longest_holder;        /* the same for the longest call */
    uint32_t ended_by;         /* what let the latest call go: index in wakers[], or OBJECTS_NONE */
    uint32_t longest_ended_by; /* the same for the longest call */
    struct ages ages;          /* of the calls that have not returned: see snapshot_keep_open */
};

/* A zeroed object is empty. */
struct objects {
    struct snapshot_object *list; /* malloc'ed */
    size_t count;
    struct snapshot_object_calls *calls; /* malloc'ed; sorted by node */
    size_t call_count;
    struct snapshot_waker *wakers; /* malloc'ed */
    size_t waker_count;
    char **texts; /* malloc'ed, of malloc'ed ones: see objects_keep_text */
    size_t kept_texts, text_room;
};

/* Returns a copy of the text, which lives as long as the objects; NULL when out of memory. */
const char *objects_keep_text(struct objects *objects, const char *text);

/* Adds an object, whose texts must live as long as the objects, and sets *index to its place in
 * list[], which may move. Returns 0 or -ENOMEM. */
int objects_add(struct objects *objects, const struct snapshot_object *object, uint32_t *index);

/* Gives a lock the name of its variable, which is copied. Returns 0 or -ENOMEM. */
int objects_name(
    struct objects *objects, struct snapshot_object *object, const char *variable, uint64_t offset);

/* Returns whether such an object is a lock, or something else at an address in memory. */
bool objects_is_lock(uint32_t type);

/* Lets the members of all sets be OBJECTS_NONE that are no objects, or sets. */
void objects_check_sets(struct objects *objects);

/* Returns whether it is one of IPv4 or IPv6, or none. */
bool objects_is_address(const struct trace_address *address);

/* What the records of objects point to. */
struct objects_source {
    struct records *records;
    uint32_t count;
    uint32_t *places; /* by record: index in the array for its kind, or OBJECTS_NONE */
    const struct clock_rate *rate;
    /* Returns the string, or NULL if it is inconsistent. */
    const char *(*text)(void *argument, struct trace_string string);
    /* Sets *waker from the node of a call, which may be newer than what was read of the file.
     * Returns false if there is none, or it is inconsistent. */
    bool (*waker)(void *argument, trace_index node, struct snapshot_waker *waker);
    void *argument;
};

/* Reads the records of objects, when modules and nodes have been read. Adds the number of
 * inconsistent ones to *malformed. Returns 0 or -ENOMEM. */
int objects_read(struct objects *objects, const struct objects_source *source, uint64_t *malformed);

/* What a leaf has counted. */
struct objects_leaf {
    uint64_t hits, returns, total_ns, longest_ns;
};

/* Sorts the calls by node, and takes from those of a leaf what is more than the leaf has: a program
 * that runs counts the leaf and the object one after the other. */
void objects_settle(struct objects *objects,
    struct objects_leaf (*leaf_of)(const void *argument, uint32_t node), const void *argument);

/* Returns the calls of the leaf `node` by object, and how many they are. */
const struct snapshot_object_calls *objects_of(
    const struct objects *objects, uint32_t node, size_t *count);

void objects_finish(struct objects *objects);

#endif
