/*
 * environment.c - our part of the environment that a program is executed with.
 */
#include "hook/environment.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "code/claim.h"
#include "session_names.h"
#include "trace_format.h"
#include "base/forbidden.h"

#define PRELOAD       "LD_PRELOAD="
#define SANITIZER     "libasan.so" /* the launcher puts it before the library if it must be first */
#define VARIABLES_MAX 100000
#define TEXT_MAX      131072 /* execve(2): MAX_ARG_STRLEN */

/* The page that is known to be readable: its number plus 1; 0: none. */
struct reader {
    uint64_t page;
};

static bool can_read(struct reader *reader, const void *memory)
{
    uint64_t address = (uint64_t)memory, page = address / KERNEL_PAGE + 1;
    if (page == reader->page)
        return true;
    if (!kernel_is_readable(address & ~UINT64_C(7)))
        return false;
    reader->page = page;
    return true;
}

/* The text behind `prefix`, or NULL if it does not begin with that. */
static const char *after(struct reader *reader, const char *text, const char *prefix)
{
    for (; *prefix; text++, prefix++)
        if (!can_read(reader, text) || *text != *prefix)
            return NULL;
    return text;
}

static bool holds(struct reader *reader, const char *text, const char *part)
{
    for (; can_read(reader, text) && *text; text++)
        if (after(reader, text, part))
            return true;
    return false;
}

/* Gets variable number `index` of the array. Returns false at the array's end, or if it cannot be
 * read. */
static bool next_variable(
    struct reader *reader, char **variables, unsigned index, const char **variable)
{
    if (variables == NULL || index >= VARIABLES_MAX || (uint64_t)variables % 8 != 0 ||
        !can_read(reader, &variables[index]))
        return false;
    *variable = variables[index];
    return *variable != NULL;
}

struct environment environment_look(char **variables)
{
    struct reader array = {0}, texts = {0};
    struct environment found = {0};
    const char *variable;
    for (unsigned i = 0; next_variable(&array, variables, i, &variable); i++) {
        const char *preload = after(&texts, variable, PRELOAD);
        found.has_library |= preload && holds(&texts, preload, LIBRARY_NAME);
        found.has_session |= after(&texts, variable, SESSION_ENV "=") != NULL;
    }
    return found;
}

/* ---- memory for a copy ---- */

/* Who uses a room, or used it last. Both words are exchanged at once. */
struct owner {
    struct claim claim;
    int64_t pid;
};

union owner_words {
    struct owner owner;
    struct arch_pair pair;
};

/* A room belongs to one thread and its vfork children. Only one of them runs at a time. A signal
 * handler that interrupts its use has another room. */
struct room {
    _Alignas(16) union owner_words words;
    struct room *next;
    void *thread; /* the thread pointer */
    char *memory; /* `size` bytes that belong to it */
    size_t size;
};

static struct room *_Atomic rooms;

/* Stores `new` if `old` is there, and returns what was there. Handlers and vfork children run only
 * between two instructions. */
static struct owner swap_owner(union owner_words *at, struct owner old, struct owner new)
{
    const union owner_words expected = {.owner = old}, wanted = {.owner = new};
    union owner_words found = {.pair = arch_swap_pair(&at->pair, expected.pair, wanted.pair)};
    return found.owner;
}

/* Whether the owner is this process, or its vfork parent, which waits. Any other process that
 * shared this memory has become another program or ended. */
static bool is_here(const struct owner *owner, int32_t pid)
{
    return owner->pid == pid || owner->pid == (int32_t)KERNEL_CALL0(SYS_getppid);
}

/* The frame is read only if its owner is here. A child of posix_spawn has a stack of its own, which
 * any thread may unmap at any time after the child has executed. */
static bool is_held(const struct owner *owner, const struct call_frame *call, int32_t pid)
{
    return owner->claim.owner && owner->claim.owner != call && is_here(owner, pid) &&
           claim_is_held(&owner->claim);
}

static bool environment_take(struct room *room, struct call_frame *call, int32_t pid)
{
    const struct owner nobody = {{NULL}, 0}, new = {{call}, pid};
    struct owner old = swap_owner(&room->words, nobody, nobody);
    if (is_held(&old, call, pid))
        return false;
    call->mark = claim_mark(call);
    struct owner found = swap_owner(&room->words, old, new);
    return found.claim.owner == old.claim.owner && found.pid == old.pid;
}

static struct room *environment_make_room(struct call_frame *call, int32_t pid)
{
    struct room *room = pool_take_for_good(KERNEL_PAGE);
    if (room == NULL)
        return NULL;
    call->mark = claim_mark(call);
    *room = (struct room){
        .words.owner = {{call}, pid},
        .thread = __builtin_thread_pointer(),
        .memory = (char *)(room + 1),
        .size = KERNEL_PAGE - sizeof *room,
    };
    struct room *head = atomic_load_explicit(&rooms, memory_order_relaxed);
    do
        room->next = head;
    while (!atomic_compare_exchange_weak_explicit(
        &rooms, &head, room, memory_order_release, memory_order_relaxed));
    return room;
}

static struct room *find_room(struct call_frame *call)
{
    void *thread = __builtin_thread_pointer();
    struct room *room = atomic_load_explicit(&rooms, memory_order_acquire);
    int32_t pid = (int32_t)KERNEL_CALL0(SYS_getpid);
    while (room && (room->thread != thread || !environment_take(room, call, pid)))
        room = room->next;
    return room ? room : environment_make_room(call, pid);
}

static char *room_for(struct call_frame *call, size_t size)
{
    struct room *room = find_room(call);
    if (room == NULL || size <= room->size)
        return room ? room->memory : NULL;
    /* Taken for good, because rooms outlive a fork. The smaller memory is never freed; as sizes
     * double, that is less than what is in use. */
    size_t wanted = size > 2 * room->size ? size : 2 * room->size;
    char *memory = pool_take_for_good(wanted);
    if (memory == NULL) {
        claim_release(&room->words.owner.claim, call);
        return NULL;
    }
    room->memory = memory;
    room->size = wanted;
    return memory;
}

void environment_release(struct call_frame *call)
{
    struct room *room = atomic_load_explicit(&rooms, memory_order_acquire);
    void *thread = __builtin_thread_pointer();
    while (room && (room->thread != thread || room->words.owner.claim.owner != call))
        room = room->next;
    if (room)
        claim_release(&room->words.owner.claim, call);
}

/* ---- the copy ---- */

/* Finds the number of variables, and the size of LD_PRELOAD (of all, if there are several). Returns
 * false if they cannot be read to the end. */
static bool measure(char **variables, unsigned *count, size_t *size)
{
    struct reader array = {0}, texts = {0};
    const char *variable = NULL;
    *count = 0;
    *size = 0;
    for (; next_variable(&array, variables, *count, &variable); ++*count) {
        size_t length = 0;
        if (after(&texts, variable, PRELOAD) == NULL)
            continue;
        while (length < TEXT_MAX && can_read(&texts, variable + length) && variable[length])
            length++;
        if (length == TEXT_MAX || !can_read(&texts, variable + length))
            return false;
        *size += length + 1;
    }
    return *count == 0 || variable == NULL;
}

static bool is_separator(char c)
{
    return c == ':' || c == ' '; /* ld.so(8) */
}

struct entry {
    const char *text;
    size_t length;
};

/* Goes to the next entry of a list. Returns false at its end. */
static bool next_entry(struct entry *entry)
{
    const char *at = entry->text + entry->length;
    while (is_separator(*at))
        at++;
    entry->text = at;
    while (*at && !is_separator(*at))
        at++;
    entry->length = (size_t)(at - entry->text);
    return entry->length > 0;
}

static bool is_called(const struct entry *entry, const char *name)
{
    size_t length = text_length(name);
    return entry->length > length && entry->text[entry->length - length - 1] == '/' &&
           memory_equal(entry->text + entry->length - length, name, length);
}

static bool is_sanitizer(const struct entry *entry)
{
    const size_t length = sizeof SANITIZER - 1;
    size_t base = entry->length;
    while (base > 0 && entry->text[base - 1] != '/')
        base--;
    return entry->length - base >= length && memory_equal(entry->text + base, SANITIZER, length);
}

static bool environment_is_ours(const struct entry *entry, const char *interposer)
{
    bool is_interposer = interposer && text_length(interposer) == entry->length &&
                         memory_equal(entry->text, interposer, entry->length);
    return is_interposer || is_called(entry, LIBRARY_NAME);
}

/* Writes "LD_PRELOAD=..." without our files; each other entry keeps the separator before it.
 * Returns the end of the text, or NULL if no entry is left. */
static char *copy_preload(char *to, const char *variable, const char *interposer)
{
    const size_t head = sizeof PRELOAD - 1;
    struct entry entry = {variable + head, 0};
    char *first = to + head, *last = first;
    memory_copy(to, variable, head);
    for (to = first; next_entry(&entry);) {
        if (is_called(&entry, LIBRARY_NAME) && to != first &&
            is_sanitizer(&(struct entry){last, (size_t)(to - last)}))
            to = last = last > first ? last - 1 : first;
        if (environment_is_ours(&entry, interposer))
            continue;
        if (to != first)
            *to++ = entry.text[-1];
        last = to;
        memory_copy(to, entry.text, entry.length);
        to += entry.length;
    }
    *to = '\0';
    return to != first ? to + 1 : NULL;
}

static bool is_our_variable(struct reader *reader, const char *variable)
{
    return after(reader, variable, SESSION_ENV "=") ||
           after(reader, variable, SESSION_CLOCK_ENV "=") ||
           after(reader, variable, SESSION_EACH_ENV "=") ||
           after(reader, variable, SESSION_BY_ENV "=") ||
           after(reader, variable, SESSION_WHAT_ENV "=");
}

char **environment_without(struct call_frame *call, char **variables, const char *interposer)
{
    struct reader texts = {0};
    unsigned count;
    size_t preload_size;
    if (!measure(variables, &count, &preload_size))
        return NULL;
    size_t array_size = (count + 1) * sizeof *variables;
    char **copy = (char **)room_for(call, array_size + preload_size), **to = copy;
    if (copy == NULL)
        return NULL;
    char *preload = (char *)copy + array_size;
    for (unsigned i = 0; i < count; i++) {
        char *variable = variables[i];
        if (is_our_variable(&texts, variable))
            continue;
        if (after(&texts, variable, PRELOAD)) {
            char *end = copy_preload(preload, variable, interposer);
            if (end == NULL)
                continue;
            variable = preload;
            preload = end;
        }
        *to++ = variable;
    }
    *to = NULL;
    return copy;
}
