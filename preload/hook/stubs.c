/*
 * stubs.c - the stubs of the interposer, and the functions behind them.
 */
#include "hook/stubs.h"

#include "base/kernel.h"
#include "base/linkmap.h"
#include "code/call_frame.h"
#include "code/pad.h"
#include "hook/execution.h"
#include "object/objects.h"
#include "base/forbidden.h"

static const char *text_at(const struct hook_record *record, int32_t offset)
{
    return offset ? (const char *)record + offset : NULL;
}

/* In record->flags: MINDS_ENTRY means that the function is hooked at its entry. The former values
 * of these two flags are kept, shifted. */
#define MINDS_ENTRY  0x200000u
#define BEFORE       (HOOK_TAIL | HOOK_NOT_A_LEAF)
#define BEFORE_SHIFT 20

static uint32_t flags_before(uint32_t flags)
{
    if (!(flags & MINDS_ENTRY))
        return flags;
    uint32_t before = flags >> BEFORE_SHIFT & BEFORE;
    return (flags & ~(MINDS_ENTRY | BEFORE | BEFORE << BEFORE_SHIFT)) | before;
}

/* The stub then serves only the library's own needs. */
static uint32_t flags_minding(uint32_t flags)
{
    bool is_called = flags & (HOOK_UNLOADS | HOOK_HANDLES) && !(flags & HOOK_TAIL);
    return flags | (flags & BEFORE) << BEFORE_SHIFT | MINDS_ENTRY | HOOK_NOT_A_LEAF |
           (is_called ? 0 : HOOK_TAIL);
}

/* If the function is also hooked at its entry, its hit is counted there. Then the stub jumps to it
 * directly, unless the library watches it. If it is no longer hooked there, the stub is changed
 * back. */
static void mind_entry(struct hook_record *record, uint64_t target)
{
    uint32_t flags = flags_before(record->flags);
    uint64_t jump = arch_entries[hook_entry_of(flags)];
    if (pads_are_at(target)) {
        if (!(flags & HOOK_WATCHED & ~HOOK_NUMBERS)) /* these are seen at the entry, too */
            jump = target;
        flags = flags_minding(flags);
        if (text_equal(text_at(record, record->name), "execve"))
            execution_at_entry();
    }
    if (objects_are_all_it_is_for(flags))
        jump = target;
    __atomic_store_n(&record->flags, flags, __ATOMIC_RELAXED);
    atomic_store_explicit(&record->jump, jump, memory_order_relaxed);
}

/* The next definition after the interposer's own, as the dynamic linker would have bound it. Only
 * the program itself is searched before the interposer: a function that it defines never comes
 * here. */
uint64_t stubs_resolve(struct hook_record *record)
{
    const char *name = text_at(record, record->name), *version = text_at(record, record->version);
    uint64_t target = linkmap_find_after((uint64_t)record, name, version);
    if (target == 0)
        return 0;
    mind_entry(record, target);
    atomic_store_explicit(&record->target, target, memory_order_relaxed);
    return target;
}

void stubs_resolve_all(void)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++)
        if (!(record->flags & HOOK_LATE) &&
            atomic_load_explicit(&record->target, memory_order_relaxed) == 0)
            stubs_resolve(record);
}

void stubs_mind_entries(void)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++) {
        uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
        if (target)
            mind_entry(record, target);
    }
}

bool stubs_stand_before(uint64_t address)
{
    struct hook_record *record = scoped_trace_hooks;
    for (; record && record->name; record++) {
        uint64_t target = atomic_load_explicit(&record->target, memory_order_relaxed);
        target = target ? target : stubs_resolve(record);
        if (target && pads_is_entry(target, address))
            return true;
    }
    return false;
}

bool stubs_watch_loading(void)
{
    const struct hook_record *record = scoped_trace_hooks;
    while (record && record->name && !(record->flags & HOOK_LOADS))
        record++;
    return record && record->name;
}
