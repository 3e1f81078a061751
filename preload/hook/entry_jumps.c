/*
 * entry_jumps.c - the jumps at the entries of one module's functions, and their pads.
 */
#include "hook/entry_jumps.h"

#include <link.h>

#include "base/kernel.h"
#include "code/call_frame.h"
#include "code/patch.h"
#include "hook/faults.h"
#include "object/objects.h"
#include "hook/stubs.h"
#include "trace/trace.h"
#include "base/forbidden.h"

#define RELEASE_MIN 8 /* for so many written pages it pays to read the page tables */

static bool is_sealed; /* the system does not allow new code */

/* --- one module --- */

static void copy_names(struct pads *pads, const struct plan *plan)
{
    uint32_t first = plan->header->size - plan->texts_size;
    memory_copy(pads->texts, plan->texts, plan->texts_size);
    for (uint32_t i = 0; i < plan->header->count; i++) {
        struct hook_record *record = &pads_data(pads, i)->record;
        const struct hook_plan_entry *entry = &plan->entries[i];
        record->name = (int32_t)(pads->texts + (entry->symbol - first) - (char *)record);
        record->shown = (int32_t)(pads->texts + (entry->shown - first) - (char *)record);
    }
}

static struct pad_neighbour neighbour(const struct entry_work *work)
{
    const struct image *image = work->image;
    return (struct pad_neighbour){
        .start = image->start,
        .end = image->end,
        .code_start = image->areas[0].start,
        .code_end = image->areas[image->area_count - 1].end,
        .is_program = image->is_program,
        .is_start = work->is_start,
    };
}

/* Whether the entry lies in the area, and is to be hooked. */
static bool is_in(
    const struct image *image, const struct patch_area *area, const struct hook_plan_entry *entry)
{
    return !objects_are_all_it_is_for(entry->flags) &&
           image_area(image, entry->address + image->map->l_addr, entry->displaced_size) == area;
}

/* Narrows an area to the pages that hold entries of the plan. Returns how many there are. */
static unsigned narrow(const struct image *image, struct patch_area *narrowed,
    const struct patch_area *area, const struct plan *plan)
{
    uint64_t first = UINT64_MAX, last = 0, page = 0;
    unsigned pages = 0;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct hook_plan_entry *entry = &plan->entries[i];
        uint64_t address = entry->address + image->map->l_addr;
        if (entry->is_resolver || !is_in(image, area, entry))
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
static struct patch patch_for(
    const struct image *image, const struct plan *plan, struct pads *pads, uint32_t index)
{
    const struct hook_plan_entry *entry = &plan->entries[index];
    return (struct patch){entry->address + image->map->l_addr, pads_address(pads, index),
        entry->displaced, entry->displaced_size, &pads_data(pads, index)->is_hooked};
}

/* Whether entry number `index` lies in the area and has a pad. */
static bool is_ready(const struct image *image, const struct patch_area *area,
    const struct plan *plan, struct pads *pads, uint32_t index)
{
    return pads_data(pads, index)->is_usable && is_in(image, area, &plan->entries[index]);
}

/* Writes the jumps one by one, for code that other threads may be running, or for an area that
 * cannot be made writable. */
static void patch_carefully(const struct entry_work *work, const struct patch_area *area,
    const struct plan *plan, struct pads *pads, bool is_open)
{
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct patch patch = patch_for(work->image, plan, pads, i);
        if (!is_ready(work->image, area, plan, pads, i))
            continue;
        if (work->is_shared && (!plan->entries[i].is_one_instruction || !is_open))
            continue;
        *patch.is_done = patch_write(patch.address, patch.target, patch.expected, patch.size,
            is_open ? PATCH_ATOMIC : PATCH_BY_FILE);
    }
}

/* Entries are in the order of their addresses: consecutive pages are touched together. */
static void touch_pages(const struct entry_work *work, const struct patch_area *area,
    const struct plan *plan, struct pads *pads)
{
    struct patch_area pages = {0, 0, area->protection};
    for (uint32_t i = 0; i < plan->header->count; i++) {
        uint64_t address = plan->entries[i].address + work->image->map->l_addr;
        if (!is_ready(work->image, area, plan, pads, i))
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

static void patch_all(const struct entry_work *work, const struct patch_area *area,
    const struct plan *plan, struct pads *pads)
{
    struct patch patches[PATCH_MANY];
    unsigned count = 0;
    touch_pages(work, area, plan, pads);
    for (uint32_t i = 0; i < plan->header->count; i++) {
        if (!is_ready(work->image, area, plan, pads, i))
            continue;
        if (count == PATCH_MANY) {
            patch_write_many(patches, count, work->pid);
            count = 0;
        }
        patches[count++] = patch_for(work->image, plan, pads, i);
    }
    patch_write_many(patches, count, work->pid);
}

static void patch_area_of(const struct entry_work *work, const struct patch_area *area,
    const struct plan *plan, struct pads *pads)
{
    struct patch_area pages;
    unsigned page_count = narrow(work->image, &pages, area, plan);
    if (page_count == 0)
        return;
    if (!work->is_shared && page_count >= RELEASE_MIN)
        patch_release(&pages);
    bool is_open = patch_open(&pages);
    if (is_open && !work->is_shared)
        patch_all(work, area, plan, pads);
    else
        patch_carefully(work, area, plan, pads, is_open);
    if (is_open)
        patch_close(&pages);
}

/* A function that is hooked only for the library's own needs is not missing in the report. */
static bool is_missed(const struct hook_plan_entry *entry)
{
    bool is_own = entry->flags & HOOK_OWN && entry->flags & HOOK_NOT_A_LEAF;
    return !entry->is_resolver && !is_own;
}

static void note_left(enum trace_unhooked_why why, uint64_t address, const char *name)
{
    trace_note_unhooked(why, stubs_stand_before(address), name);
}

static enum trace_unhooked_why why_left(
    const struct entry_work *work, const struct hook_plan_entry *entry, const struct pads *pads)
{
    const struct image *image = work->image;
    uint64_t address = entry->address + image->map->l_addr;
    if (image->area_count == 0 || image_area(image, address, entry->displaced_size) == NULL)
        return TRACE_UNHOOKED_OTHER;
    if (!memory_equal((const void *)address, entry->displaced, entry->displaced_size))
        return TRACE_UNHOOKED_DIFFERENT;
    if (work->is_shared || (pads == NULL && !is_sealed))
        return TRACE_UNHOOKED_OTHER;
    return TRACE_UNHOOKED_SEALED;
}

static void note_all_left(const struct entry_work *work, const struct plan *plan, struct pads *pads)
{
    uint32_t first = plan->header->size - plan->texts_size;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        const struct hook_plan_entry *entry = &plan->entries[i];
        if (is_missed(entry) && !(pads && pads_data(pads, i)->is_hooked))
            note_left(why_left(work, entry, pads), entry->address + work->image->map->l_addr,
                plan->texts + (entry->shown - first));
    }
}

static struct pads *make_pads(const struct entry_work *work, const struct plan *plan)
{
    const struct pad_neighbour near = neighbour(work);
    uint32_t entries = plan->header->count;
    struct pads *pads = pads_create(&near, entries, plan->texts_size, (uint64_t)scoped_trace_enter);
    if (pads == NULL)
        return NULL;
    copy_names(pads, plan);
    for (uint32_t i = 0; i < entries; i++)
        pads_write(pads, i, &plan->entries[i], work->image->map->l_addr);
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

struct pads *entry_jumps_make(const struct entry_work *work, const struct plan *plan)
{
    struct image *image = work->image;
    struct pads *pads = plan->header->count > 0 && image_read(image) ? make_pads(work, plan) : NULL;
    for (unsigned i = 0; pads && i < image->area_count; i++)
        patch_area_of(work, &image->areas[i], plan, pads);
    note_all_left(work, plan, pads);
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

/* The same for the function that the IFUNC of `entry` has chosen, if it is in the same file. */
static struct pads *make_indirect(
    const struct entry_work *work, const struct hook_plan_entry *entry)
{
    struct image *image = work->image;
    struct resolver resolver = {.address = entry->address + image->map->l_addr};
    struct plan plan;
    if (image_area(image, resolver.address, 1) == NULL)
        return NULL;
    arch_call_saving_here(call_resolver, &resolver);
    if (image_area(image, resolver.result, 1) == NULL)
        return NULL;
    image->wanted.request.address = resolver.result - image->map->l_addr;
    image->wanted.request.resolver = entry->address;
    if (!plan_open(&image->wanted, &plan))
        return NULL;
    struct pads *pads = plan.header->count == 1 ? entry_jumps_make(work, &plan) : NULL;
    plan_close(&plan);
    return pads;
}

struct pads *entry_jumps_make_indirect(const struct entry_work *work, const struct plan *plan)
{
    struct pads *all = NULL;
    for (uint32_t i = 0; i < plan->header->count; i++) {
        bool is_resolver = plan->entries[i].is_resolver && image_read(work->image);
        struct pads *pads = is_resolver ? make_indirect(work, &plan->entries[i]) : NULL;
        if (pads == NULL)
            continue;
        pads->sibling = all;
        all = pads;
    }
    return all;
}

/* --- what was hooked --- */

static const char *entry_jumps_leaf_of(const struct pad_data *data)
{
    return (const char *)&data->record + data->record.shown;
}

/* Checks the jumps of up to PATCH_MANY hooked pads, from number `from` on. Returns the number of
 * the next pad. */
static uint32_t look_for_jumps(struct pads *pads, uint32_t from, int32_t pid, bool *is_any)
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
    patch_look_for(patches, count, pid);
    for (unsigned i = 0; i < count; i++) {
        struct pad_data *data = pads_data(pads, indices[i]);
        if (is_there[i])
            continue;
        data->is_hooked = false;
        note_left(TRACE_UNHOOKED_OVERWRITTEN, data->function, entry_jumps_leaf_of(data));
        *is_any = true;
    }
    return from;
}

bool entry_jumps_are_gone(struct pads *pads, int32_t pid)
{
    bool is_any = false;
    for (uint32_t from = 0; from < pads_count(pads);)
        from = look_for_jumps(pads, from, pid, &is_any);
    return is_any;
}
