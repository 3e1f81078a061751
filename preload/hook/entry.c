/*
 * entry.c - hooks functions at their entry, as the session's plans say.
 *
 * All of this runs at the start, or under the dynamic linker's lock, and with signals blocked:
 * no handler runs into a function that is half patched.
 *
 * What is known of a module stays when it is unloaded, its pads included, until the same file is
 * loaded again: then what the trace calls its leaves is taken over, so that the trace does not
 * grow by loading a library a thousand times.
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
#include "hook/faults.h"
#include "hook/hook.h"
#include "hook/image.h"
#include "hook/plan.h"
#include "record/preload.h"
#include "trace/modules.h"
#include "x86_64/vectors.h"
#include "base/forbidden.h"

#define MODULES_FIRST 8
#define RELEASE_MIN   8 /* so many pages to be written to are worth a look at the page tables */

struct module_entries {
    struct module_entries *next;
    const struct link_map *map;
    uint64_t bias, dev, ino;
    bool is_loaded, is_seen;
    bool is_of_start;      /* it stays as long as the process */
    struct pads *pads;     /* NULL: none */
    struct pads *indirect; /* of what IFUNCs stand for, linked by `sibling` */
};

static struct module_entries *known;
static struct image image STARTUP_ROOM(image); /* the one being worked on */
static _Atomic int32_t worker;                 /* the process that is at work here */

static bool has_plans;        /* the session has any */
static bool is_among_threads; /* at the start: other threads may be running */

static bool is_sealed; /* no code may be made */

/* Functions of plans that are not hooked. */
static struct trace_unhooked left[TRACE_UNHOOKED_KINDS][2] STARTUP_ROOM(left);
static bool has_left;
static bool has_missed; /* libraries */

/* --- one module --- */

static void copy_names(struct pads *pads, const struct plan *plan)
{
    uint32_t first = plan->header->size - plan->texts_size;
    memory_copy(pads->texts, plan->texts, plan->texts_size);
    for (uint32_t i = 0; i < plan->header->count; i++) {
        struct hook_record *record = &pads_data(pads, i)->record;
        const struct hook_plan_entry *entry = &plan->entries[i];
        record->name = (int32_t)(pads->texts + (entry->symbol - first) - (char *)record);
        record->leaf = (int32_t)(pads->texts + (entry->leaf - first) - (char *)record);
    }
}

static struct pad_neighbour neighbour(void)
{
    return (struct pad_neighbour){
        .start = image.start,
        .end = image.end,
        .code_start = image.areas[0].start,
        .code_end = image.areas[image.area_count - 1].end,
        .is_program = image.is_program,
        .is_start = !has_plans,
    };
}

static bool is_in(const struct patch_area *area, const struct hook_plan_entry *entry)
{
    return image_area(&image, entry->address + image.map->l_addr, entry->displaced_size) == area;
}

/* Narrows an area to the pages that hold entries of the plan. Returns how many there are. */
static unsigned narrow(
    struct patch_area *narrowed, const struct patch_area *area, const struct plan *plan)
{
    uint64_t first = UINT64_MAX, last = 0, page = 0;
    unsigned pages = 0;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct hook_plan_entry *entry = &plan->entries[i];
        uint64_t address = entry->address + image.map->l_addr;
        if (entry->is_resolver || !is_in(area, entry))
            continue;
        pages += pages == 0 || kernel_page_down(address) != page;
        page = kernel_page_down(address);
        first = address < first ? address : first;
        last = address + HOOK_PLAN_JUMP > last ? address + HOOK_PLAN_JUMP : last;
    }
    if (pages == 0)
        return 0;
    *narrowed = (struct patch_area){
        kernel_page_down(first), kernel_page_up(last), area->protection};
    return pages;
}

/* The patch of entry number `index`. */
static struct patch patch_for(const struct plan *plan, struct pads *pads, uint32_t index)
{
    const struct hook_plan_entry *entry = &plan->entries[index];
    return (struct patch){entry->address + image.map->l_addr, pads_address(pads, index),
        entry->displaced, entry->displaced_size, &pads_data(pads, index)->is_hooked};
}

/* Whether entry number `index` lies in the area and has a pad. */
static bool is_ready(
    const struct patch_area *area, const struct plan *plan, struct pads *pads, uint32_t index)
{
    return pads_data(pads, index)->is_usable && is_in(area, &plan->entries[index]);
}

/* One by one, while other threads may be running the code, or where the area cannot be open. */
static void patch_carefully(const struct patch_area *area, const struct plan *plan,
    struct pads *pads, bool is_shared, bool is_open)
{
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct patch patch = patch_for(plan, pads, i);
        if (!is_ready(area, plan, pads, i))
            continue;
        if (is_shared && (!plan->entries[i].is_one_instruction || !is_open))
            continue;
        *patch.is_done = patch_write(patch.address, patch.target, patch.expected, patch.size,
            is_open ? PATCH_ATOMIC : PATCH_BY_FILE);
    }
}

/* Entries stand in the order of their addresses: pages that follow each other go at once. */
static void touch_pages(const struct patch_area *area, const struct plan *plan, struct pads *pads)
{
    struct patch_area pages = {0, 0, area->protection};
    for (uint32_t i = 0; i < plan->header->count; i++) {
        uint64_t address = plan->entries[i].address + image.map->l_addr;
        if (!is_ready(area, plan, pads, i))
            continue;
        if (kernel_page_down(address) > pages.end) {
            if (pages.end)
                patch_touch(&pages);
            pages.start = kernel_page_down(address);
        }
        pages.end = kernel_page_up(address + HOOK_PLAN_JUMP);
    }
    if (pages.end)
        patch_touch(&pages);
}

static void patch_all(const struct patch_area *area, const struct plan *plan, struct pads *pads)
{
    struct patch patches[PATCH_MANY];
    unsigned count = 0;
    int32_t pid = atomic_load_explicit(&worker, memory_order_relaxed);
    touch_pages(area, plan, pads);
    for (uint32_t i = 0; i < plan->header->count; i++) {
        if (!is_ready(area, plan, pads, i))
            continue;
        if (count == PATCH_MANY) {
            patch_write_many(patches, count, pid);
            count = 0;
        }
        patches[count++] = patch_for(plan, pads, i);
    }
    patch_write_many(patches, count, pid);
}

static void patch_area_of(
    const struct patch_area *area, const struct plan *plan, struct pads *pads, bool is_shared)
{
    struct patch_area pages;
    unsigned page_count = narrow(&pages, area, plan);
    if (page_count == 0)
        return;
    if (!is_shared && page_count >= RELEASE_MIN)
        patch_release(&pages);
    bool is_open = patch_open(&pages);
    if (is_open && !is_shared)
        patch_all(area, plan, pads);
    else
        patch_carefully(area, plan, pads, is_shared, is_open);
    if (is_open)
        patch_close(&pages);
}

/* What is hooked for the library's own needs is not missed by anybody. */
static bool is_missed(const struct hook_plan_entry *entry)
{
    const uint32_t own = HOOK_EXECUTES | HOOK_NOT_A_LEAF;
    return !entry->is_resolver && (entry->flags & own) != own;
}

/* Notes the name where there is room, once. */
static void note_name(struct trace_unhooked *noted, const char *name)
{
    size_t size = text_length(name);
    if (size >= TRACE_UNHOOKED_NAME_SIZE)
        size = TRACE_UNHOOKED_NAME_SIZE - 1;
    for (unsigned i = 0; i < TRACE_UNHOOKED_NAMES; i++) {
        char *place = noted->names[i];
        if (memory_equal(place, name, size) && place[size] == '\0')
            return;
        if (place[0] == '\0') {
            memory_copy(place, name, size);
            return;
        }
    }
}

static void note_left(enum trace_unhooked_why why, uint64_t address, const char *name)
{
    struct trace_unhooked *noted = &left[why][hook_has_stub(address)];
    note_name(noted, name);
    atomic_fetch_add_explicit(&noted->count, 1, memory_order_relaxed);
    has_left = true;
}

const struct trace_unhooked *entry_left(void)
{
    return has_left ? left[0] : NULL;
}

bool entry_has_missed_libraries(void)
{
    return has_missed;
}

static void miss_libraries(void)
{
    has_missed = true;
    preload_note_entries();
}

static enum trace_unhooked_why why_left(
    const struct hook_plan_entry *entry, const struct pads *pads, bool is_shared)
{
    uint64_t address = entry->address + image.map->l_addr;
    if (image.area_count == 0 || image_area(&image, address, entry->displaced_size) == NULL)
        return TRACE_UNHOOKED_OTHER;
    if (!memory_equal((const void *)address, entry->displaced, entry->displaced_size))
        return TRACE_UNHOOKED_DIFFERENT;
    if (is_shared || (pads == NULL && !is_sealed))
        return TRACE_UNHOOKED_OTHER;
    return TRACE_UNHOOKED_SEALED;
}

static void note_all_left(const struct plan *plan, struct pads *pads, bool is_shared)
{
    uint32_t first = plan->header->size - plan->texts_size;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct hook_plan_entry *entry = &plan->entries[i];
        if (is_missed(entry) && !(pads && pads_data(pads, i)->is_hooked))
            note_left(why_left(entry, pads, is_shared), entry->address + image.map->l_addr,
                plan->texts + (entry->leaf - first));
    }
}

static struct pads *make_pads(const struct plan *plan)
{
    const struct pad_neighbour near = neighbour();
    uint32_t entries = plan->header->count;
    struct pads *pads = pads_create(&near, entries, plan->texts_size, (uint64_t)scoped_trace_enter);
    if (pads == NULL)
        return NULL;
    copy_names(pads, plan);
    for (uint32_t i = 0; i < entries; i++)
        pads_write(pads, i, &plan->entries[i], image.map->l_addr);
    if (pads_finish(pads))
        return pads;
    is_sealed = true;
    pads_destroy(pads);
    return NULL;
}

static bool can_fault(const struct plan *plan, struct pads *pads)
{
    for (uint32_t i = 0; i < plan->header->count; i++)
        if (plan->entries[i].may_fault && pads_data(pads, i)->is_hooked)
            return true;
    return false;
}

/* Does what the plan says in the module of `image`. Returns its pads, or NULL. */
static struct pads *carry_out(const struct plan *plan, bool is_shared)
{
    struct pads *pads = plan->header->count > 0 && image_read(&image) ? make_pads(plan) : NULL;
    for (unsigned i = 0; pads && i < image.area_count; i++)
        patch_area_of(&image.areas[i], plan, pads, is_shared);
    note_all_left(plan, pads, is_shared);
    if (pads && can_fault(plan, pads))
        faults_expect();
    return pads;
}

/* --- IFUNCs --- */

struct resolver {
    uint64_t address, result;
};

static void call_resolver(void *argument)
{
    struct resolver *resolver = argument;
    resolver->result = ((uint64_t(*)(void))resolver->address)();
}

/* Hooks the function for which the IFUNC of `entry` stands, if it is in the same file. */
static void hook_indirect(
    struct module_entries *module, const struct hook_plan_entry *entry, bool is_shared)
{
    struct resolver resolver = {.address = entry->address + image.map->l_addr};
    struct plan plan;
    if (image_area(&image, resolver.address, 1) == NULL)
        return;
    vectors_saved_call(call_resolver, &resolver);
    if (image_area(&image, resolver.result, 1) == NULL)
        return;
    image.wanted.request.address = resolver.result - image.map->l_addr;
    image.wanted.request.resolver = entry->address;
    if (!plan_open(&image.wanted, &plan))
        return;
    struct pads *pads = plan.header->count == 1 ? carry_out(&plan, is_shared) : NULL;
    plan_close(&plan);
    if (pads == NULL)
        return;
    pads->sibling = module->indirect;
    module->indirect = pads;
}

static void hook_all_indirect(
    struct module_entries *module, const struct plan *plan, bool is_shared)
{
    for (uint32_t i = 0; i < plan->header->count; i++)
        if (plan->entries[i].is_resolver && image_read(&image))
            hook_indirect(module, &plan->entries[i], is_shared);
}

/* --- what is loaded --- */

/* The struct for a file that was loaded before, or a new one. */
static struct module_entries *module_for(const struct link_map *map, uint64_t dev, uint64_t ino)
{
    /* For the first few no page of their own, which would cost more than what they are for. */
    static struct module_entries first[MODULES_FIRST];
    static struct module_entries *fresh = first, *fresh_end = first + MODULES_FIRST;
    struct module_entries *module = known;
    while (module && (module->is_loaded || module->dev != dev || module->ino != ino))
        module = module->next;
    if (module == NULL) {
        if (fresh == fresh_end) {
            fresh = pool_take_for_good(KERNEL_PAGE);
            fresh_end = fresh ? fresh + KERNEL_PAGE / sizeof *fresh : NULL;
        }
        if (fresh == NULL)
            return NULL;
        module = fresh++;
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

/* What the trace calls the leaves, from the pads of an earlier time. */
static void inherit(struct pads *pads, struct pads *former)
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
    bool is_shared = is_at_start && is_among_threads;
    struct pads *former = module->pads;
    module->pads = carry_out(plan, is_shared);
    if (former && module->pads)
        inherit(module->pads, former);
    if (former)
        pads_destroy(former);
    /* What was just mapped is not relocated yet, and its resolvers may not run. */
    if (is_at_start)
        hook_all_indirect(module, plan, is_shared);
}

/* Returns whether there was a plan for it. */
static bool add(const struct link_map *map, bool is_at_start)
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
    /* Those of the start stay: to unmap them takes longer than all that was done with them. */
    if (!is_at_start)
        plan_close(&plan);
    return true;
}

/* The dynamic linker, the vdso, and what we have brought along. */
static bool is_exempt(const struct link_map *map)
{
    if (map->l_addr == _r_debug.r_ldbase || text_equal(map->l_name, "linux-vdso.so.1"))
        return true;
    return map == linkmap_of((uint64_t)entry_start) || map == linkmap_interposer();
}

static struct module_entries *find(const struct link_map *map)
{
    struct module_entries *module = known;
    while (module && !(module->is_loaded && module->map == map && module->bias == map->l_addr))
        module = module->next;
    return module;
}

/* As in link.h since glibc 2.35, for building against an older one too. */
struct debug_namespace {
    struct r_debug debug;
    struct debug_namespace *next; /* if debug.r_version is 2 or more */
};

/* Of namespaces made by dlmopen(3), which all stop at the same place. */
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
            struct module_entries *module = find(map);
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
            if (is_exempt(map) || find(map))
                continue;
            add(map, is_at_start);
            is_any = true;
        }
    }
    return is_any;
}

/* --- what was hooked --- */

static const char *leaf_of(const struct pad_data *data)
{
    return (const char *)&data->record + data->record.leaf;
}

/* Of pads[from...], all that are hooked of the next few. Returns where the rest begins. */
static uint32_t look_for_jumps(struct pads *pads, uint32_t from, bool *is_any)
{
    struct patch patches[PATCH_MANY];
    uint32_t indices[PATCH_MANY];
    unsigned count = 0;
    bool is_there[PATCH_MANY];
    for (; from < pads_count(pads) && count < PATCH_MANY; from++) {
        const struct pad_data *data = pads_data(pads, from);
        if (!data->is_hooked)
            continue;
        is_there[count] = true;
        indices[count] = from;
        patches[count] = (struct patch){
            data->function, pads_address(pads, from), NULL, 0, &is_there[count]};
        count++;
    }
    patch_look_for(patches, count, atomic_load_explicit(&worker, memory_order_relaxed));
    for (unsigned i = 0; i < count; i++) {
        struct pad_data *data = pads_data(pads, indices[i]);
        if (is_there[i])
            continue;
        data->is_hooked = false;
        note_left(TRACE_UNHOOKED_OVERWRITTEN, data->function, leaf_of(data));
        *is_any = true;
    }
    return from;
}

static bool look_for_all_jumps(struct pads *pads)
{
    bool is_any = false;
    for (uint32_t from = 0; from < pads_count(pads);)
        from = look_for_jumps(pads, from, &is_any);
    return is_any;
}

/* Whether the jumps are there still. */
static void look_again(bool of_start_only)
{
    bool is_any = false;
    for (const struct module_entries *module = known; module; module = module->next) {
        if (!module->is_loaded || (of_start_only && !module->is_of_start))
            continue;
        if (module->pads)
            is_any |= look_for_all_jumps(module->pads);
        for (struct pads *pads = module->indirect; pads; pads = pads->sibling)
            is_any |= look_for_all_jumps(pads);
    }
    if (!is_any)
        return;
    hook_mind_entries();
    preload_note_entries();
}

/* --- the dynamic linker's breakpoint --- */

/* It returns at once, and nothing else begins within the jump's length. */
static bool is_return(const uint8_t *code)
{
    static const uint8_t paddings[] = {0x66, 0x0f, 0x2e, 0x90, 0xcc}; /* how a nop begins */
    if (code[0] != 0xc3 || (uint64_t)code % 16 > 16 - HOOK_PLAN_JUMP)
        return false;
    for (unsigned i = 0; i < sizeof paddings; i++)
        if (code[1] == paddings[i])
            return true;
    return false;
}

/* Where to hook an empty function; 0: it is none. Behind an endbr64, if there is room: a probe that
 * somebody sets on it later goes on behind that. */
static uint64_t entry_of_empty(uint64_t function)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    const uint8_t *code = (const uint8_t *)function;
    if (function == 0 || is_return(code))
        return function;
    if (!memory_equal(code, endbr64, sizeof endbr64) || code[sizeof endbr64] != 0xc3)
        return 0;
    return is_return(code + sizeof endbr64) ? function + sizeof endbr64 : function;
}

/* Returns whether it is hooked. */
static bool hook_breakpoint(void)
{
    uint64_t address = entry_of_empty(_r_debug.r_brk), page = kernel_page_down(address);
    const struct patch_area area = {page, page + KERNEL_PAGE, PROT_READ | PROT_EXEC};
    const struct pad_neighbour near = {
        _r_debug.r_ldbase, area.end, area.start, area.end, false, !has_plans};
    struct hook_plan_entry entry = {
        .address = address, .displaced_size = HOOK_PLAN_JUMP, .ends_by_itself = 1};
    if (address == 0)
        return false;
    memory_copy(entry.displaced, (const void *)address, HOOK_PLAN_JUMP);
    struct pads *pads = pads_create(&near, 1, 0, (uint64_t)entry_at_libraries_changed);
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

/* A child that was forked in the middle of this by another thread begins anew. */
static bool begin_work(void)
{
    int32_t other = atomic_load_explicit(&worker, memory_order_relaxed);
    int32_t pid = kernel_is_forbidden ? 1 : (int32_t)KERNEL_CALL0(SYS_getpid);
    return other != pid && atomic_compare_exchange_strong_explicit(
                               &worker, &other, pid, memory_order_acquire, memory_order_relaxed);
}

static void end_work(void)
{
    atomic_store_explicit(&worker, 0, memory_order_release);
}

/* But SIGTRAP: a program that steps through itself would die of one that is blocked. */
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

/* A child that shares this memory, as of vfork, leaves it alone: its parent may be at work. */
void entry_look_again(void)
{
    if (known == NULL || kernel_is_forbidden || !preload_is_own_trace() || !begin_work())
        return;
    uint64_t before = block_signals();
    look_again(true);
    restore_signals(before);
    end_work();
}

void entry_start(const char *directory)
{
    if (directory[0] == '\0' || kernel_is_forbidden || !begin_work())
        return;
    uint64_t before = block_signals();
    plan_begin(directory);
    is_among_threads = patch_is_among_threads();
    /* A session without anybody who makes plans has them for the program or not at all. */
    if (add(linkmap_first(), true) || plan_is_offered()) {
        add_loaded(true);
        has_plans = true;
    }
    restore_signals(before);
    end_work();
    if (!hook_watches_loading())
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
    if (!begin_work())
        return;
    uint64_t before = block_signals();
    if (!is_watching && !hook_breakpoint())
        miss_libraries();
    is_watching = true;
    restore_signals(before);
    end_work();
}

static bool is_consistent(void)
{
    for (const struct r_debug *debug = &_r_debug; debug; debug = next_namespace(debug))
        if (debug->r_state != RT_CONSISTENT)
            return false;
    return true;
}

void entry_libraries_changed(void)
{
    if (!is_consistent() || !begin_work())
        return;
    uint64_t before = block_signals();
    if (forget_unloaded())
        atomic_fetch_add_explicit(&modules_generation, 1, memory_order_release);
    if (kernel_is_forbidden)
        miss_libraries();
    else
        look_again(false);
    if (!kernel_is_forbidden && add_loaded(false)) {
        hook_mind_entries();
        preload_note_entries();
    }
    restore_signals(before);
    end_work();
}
