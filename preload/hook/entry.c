/*
 * entry.c - hooks functions at their entry, as the session's plans say.
 *
 * All of this runs at the start, or under the dynamic linker's lock, and with signals blocked, so
 * that no handler runs into a half-patched function.
 *
 * The struct of a module stays when the module is unloaded, and so do its pads. When the same file
 * is loaded again, the trace's records of its leaves are used again, so that the trace does not
 * grow if a library is loaded a thousand times.
 */
#include "hook/entry.h"

#include <link.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/pool.h"
#include "base/startup.h"
#include "code/pad.h"
#include "code/patch.h"
#include "hook/entry_jumps.h"
#include "hook/image.h"
#include "hook/plan.h"
#include "hook/stubs.h"
#include "trace/modules.h"
#include "trace/trace.h"
#include "base/forbidden.h"

#define MODULES_FIRST 8

struct module_entries {
    struct module_entries *next;
    const struct link_map *map;
    uint64_t bias, dev, ino;
    bool is_loaded, is_seen;
    bool is_of_start;      /* it was loaded at the start, and is never unloaded */
    struct pads *pads;     /* NULL: none */
    struct pads *indirect; /* of functions that IFUNCs have chosen, linked by `sibling` */
};

static struct module_entries *known;
static struct image image STARTUP_ROOM(image); /* of the module that is being hooked */
static _Atomic int32_t worker;                 /* the process that is changing this data */

static bool has_plans;        /* the session has plans */
static bool is_among_threads; /* at the start: other threads may be running */

static int32_t worker_pid(void)
{
    return atomic_load_explicit(&worker, memory_order_relaxed);
}

/* --- what is loaded --- */

/* The struct for a file that was loaded before, or a new one. */
static struct module_entries *module_for(const struct link_map *map, uint64_t dev, uint64_t ino)
{
    static struct module_entries first[MODULES_FIRST];
    static struct pool_row row = {(char *)first, (char *)(first + MODULES_FIRST)};
    struct module_entries *module = known;
    while (module && (module->is_loaded || module->dev != dev || module->ino != ino))
        module = module->next;
    if (module == NULL) {
        module = pool_take_from(&row, sizeof *module);
        if (module == NULL)
            return NULL;
        module->next = known;
        known = module;
    }
    module->map = map;
    module->bias = map->l_addr;
    module->dev = dev;
    module->ino = ino;
    module->is_loaded = module->is_seen = true;
    return module;
}

/* Copies the leaves' records in the trace from the pads of an earlier load. */
static void entry_inherit_pads(struct pads *pads, struct pads *former)
{
    uint32_t entries = pads_count(pads);
    for (uint32_t i = 0; entries == pads_count(former) && i < entries; i++) {
        uint64_t leaf = atomic_load_explicit(
            &pads_data(former, i)->record.trace_leaf, memory_order_relaxed);
        atomic_store_explicit(&pads_data(pads, i)->record.trace_leaf, leaf, memory_order_relaxed);
    }
}

static void add_to(struct module_entries *module, const struct plan *plan, bool is_at_start)
{
    const struct entry_work work = {
        .image = &image,
        .pid = worker_pid(),
        .is_shared = is_at_start && is_among_threads,
        .is_start = !has_plans,
    };
    struct pads *former = module->pads;
    module->pads = entry_jumps_make(&work, plan);
    if (former && module->pads)
        entry_inherit_pads(module->pads, former);
    if (former)
        pads_destroy(former);
    /* A file that was just mapped is not relocated yet, so its resolvers cannot run. */
    if (is_at_start)
        module->indirect = entry_jumps_make_indirect(&work, plan);
}

/* Returns whether there was a plan for it. */
static bool entry_add_module(const struct link_map *map, bool is_at_start)
{
    const struct hook_plan_request *request = &image.wanted.request;
    struct plan plan;
    bool is_known = image_identify(&image, map);
    struct module_entries *module = module_for(
        map, is_known ? request->dev : 0, is_known ? request->ino : 0);
    if (module)
        module->is_of_start = is_at_start;
    if (module == NULL || !is_known || !plan_open(&image.wanted, &plan))
        return false;
    add_to(module, &plan, is_at_start);
    /* Plans of the start stay mapped: to unmap them takes longer than all work on them. */
    if (!is_at_start)
        plan_close(&plan);
    return true;
}

/* The dynamic linker, the vdso, and our own files. */
static bool is_exempt(const struct link_map *map)
{
    if (map->l_addr == _r_debug.r_ldbase || text_equal(map->l_name, "linux-vdso.so.1"))
        return true;
    return map == linkmap_of((uint64_t)entry_start) || map == linkmap_interposer();
}

static struct module_entries *entry_find_module(const struct link_map *map)
{
    struct module_entries *module = known;
    while (module && !(module->is_loaded && module->map == map && module->bias == map->l_addr))
        module = module->next;
    return module;
}

/* As in link.h since glibc 2.35. Defined here so that it compiles with an older glibc too. */
struct debug_namespace {
    struct r_debug debug;
    struct debug_namespace *next; /* if debug.r_version is 2 or more */
};

/* The next of the namespaces that dlmopen(3) makes. All of them call the same breakpoint. */
static const struct r_debug *next_namespace(const struct r_debug *debug)
{
    if (debug->r_version < 2)
        return NULL;
    const struct debug_namespace *namespace = (const struct debug_namespace *)debug;
    return namespace->next ? &namespace->next->debug : NULL;
}

static void mark_loaded(void)
{
    for (struct module_entries *module = known; module; module = module->next)
        module->is_seen = false;
    for (const struct r_debug *debug = &_r_debug; debug; debug = next_namespace(debug)) {
        for (const struct link_map *map = debug->r_map; map; map = map->l_next) {
            struct module_entries *module = entry_find_module(map);
            if (module)
                module->is_seen = true;
        }
    }
}

static void forget(struct module_entries *module)
{
    module->is_loaded = false;
    for (struct pads *pads = module->indirect; pads; pads = pads->sibling)
        pads_destroy(pads);
    module->indirect = NULL;
    for (uint32_t i = 0; module->pads && i < pads_count(module->pads); i++)
        pads_data(module->pads, i)->is_hooked = false;
}

/* Returns whether something was unloaded. */
static bool forget_unloaded(void)
{
    bool is_any = false;
    mark_loaded();
    for (struct module_entries *module = known; module; module = module->next) {
        if (!module->is_loaded || module->is_seen)
            continue;
        forget(module);
        is_any = true;
    }
    return is_any;
}

/* Returns whether something was loaded. */
static bool add_loaded(bool is_at_start)
{
    bool is_any = false;
    for (const struct r_debug *debug = &_r_debug; debug; debug = next_namespace(debug)) {
        for (const struct link_map *map = debug->r_map; map; map = map->l_next) {
            if (is_exempt(map) || entry_find_module(map))
                continue;
            entry_add_module(map, is_at_start);
            is_any = true;
        }
    }
    return is_any;
}

/* --- what was hooked --- */

static void look_again(bool of_start_only)
{
    bool is_any = false;
    for (const struct module_entries *module = known; module; module = module->next) {
        if (!module->is_loaded || (of_start_only && !module->is_of_start))
            continue;
        if (module->pads)
            is_any |= entry_jumps_are_gone(module->pads, worker_pid());
        for (struct pads *pads = module->indirect; pads; pads = pads->sibling)
            is_any |= entry_jumps_are_gone(pads, worker_pid());
    }
    if (!is_any)
        return;
    stubs_mind_entries();
    trace_tell_unhooked();
}

/* --- the dynamic linker's breakpoint --- */

static void miss_libraries(void)
{
    trace_note_missed_libraries();
    trace_tell_unhooked();
}

/* Returns whether it is hooked. */
static bool hook_breakpoint(void)
{
    uint64_t address = arch_entry_of_empty(_r_debug.r_brk), page = kernel_page_down(address);
    const struct patch_area area = {page, page + KERNEL_PAGE, PROT_READ | PROT_EXEC};
    const struct pad_neighbour near = {
        _r_debug.r_ldbase, area.end, area.start, area.end, false, !has_plans};
    struct hook_plan_entry entry = {
        .address = address, .displaced_size = HOOK_PLAN_JUMP, .ends_by_itself = 1};
    if (address == 0)
        return false;
    memory_copy(entry.displaced, (const void *)address, HOOK_PLAN_JUMP);
    struct pads *pads = pads_create(&near, 1, 0, (uint64_t)arch_at_libraries_changed);
    if (pads == NULL)
        return false;
    pads_write(pads, 0, &entry, 0);
    if (!pads_data(pads, 0)->is_usable || !pads_finish(pads) || !patch_open(&area))
        return false;
    bool is_done = patch_write(
        address, pads_address(pads, 0), entry.displaced, HOOK_PLAN_JUMP, PATCH_ATOMIC);
    patch_close(&area);
    return is_done;
}

/* --- when --- */

/* If another thread forks a child in the middle of this, the child begins again. */
static bool entry_begin_work(void)
{
    int32_t other = atomic_load_explicit(&worker, memory_order_relaxed);
    int32_t pid = kernel_is_forbidden ? 1 : (int32_t)KERNEL_CALL0(SYS_getpid);
    return other != pid && atomic_compare_exchange_strong_explicit(
                               &worker, &other, pid, memory_order_acquire, memory_order_relaxed);
}

static void entry_end_work(void)
{
    atomic_store_explicit(&worker, 0, memory_order_release);
}

/* All but SIGTRAP: a program that single-steps itself would be killed by a blocked one. */
static uint64_t block_signals(void)
{
    uint64_t others = ~(UINT64_C(1) << (SIGTRAP - 1)), before = 0;
    if (!kernel_is_forbidden)
        KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &others, &before, sizeof others);
    return before;
}

static void restore_signals(uint64_t before)
{
    if (!kernel_is_forbidden)
        KERNEL_CALL4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
}

/* A child that shares this memory, as after vfork, changes nothing: its parent may be changing it.
 */
void entry_look_again(void)
{
    if (known == NULL || kernel_is_forbidden || !trace_is_own() || !entry_begin_work())
        return;
    uint64_t before = block_signals();
    look_again(true);
    restore_signals(before);
    entry_end_work();
}

void entry_start(const char *directory)
{
    if (directory[0] == '\0' || kernel_is_forbidden || !entry_begin_work())
        return;
    uint64_t before = block_signals();
    plan_begin(directory);
    is_among_threads = patch_is_among_threads();
    /* If the tool makes no plans in this session, either the program has one or there are none. */
    if (entry_add_module(linkmap_first(), true) || plan_is_offered()) {
        add_loaded(true);
        has_plans = true;
    }
    restore_signals(before);
    entry_end_work();
    if (!stubs_watch_loading())
        entry_expect_libraries();
}

void entry_expect_libraries(void)
{
    static bool is_watching;
    if (!has_plans || is_watching)
        return;
    if (kernel_is_forbidden) {
        miss_libraries();
        return;
    }
    if (!entry_begin_work())
        return;
    uint64_t before = block_signals();
    if (!is_watching && !hook_breakpoint())
        miss_libraries();
    is_watching = true;
    restore_signals(before);
    entry_end_work();
}

static bool is_consistent(void)
{
    for (const struct r_debug *debug = &_r_debug; debug; debug = next_namespace(debug))
        if (debug->r_state != RT_CONSISTENT)
            return false;
    return true;
}

static void look_again_and_add(void)
{
    look_again(false);
    if (!add_loaded(false))
        return;
    stubs_mind_entries();
    trace_tell_unhooked();
}

void entry_libraries_changed(void)
{
    if (!is_consistent() || !entry_begin_work())
        return;
    uint64_t before = block_signals();
    if (forget_unloaded())
        atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
    if (kernel_is_forbidden)
        miss_libraries();
    else
        look_again_and_add();
    restore_signals(before);
    entry_end_work();
}
