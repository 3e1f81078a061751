/*
 * pad.c - the code between a function that is hooked at its entry and the trampoline.
 *
 * A mapping has whole pages of code, then the address to which all pads jump, the data of each pad,
 * and the texts. pad_place needs no lock: a thread that a signal has interrupted in a pad keeps the
 * module from being unloaded, and so the pad stays. From other pads it reads only struct pads,
 * which is never freed.
 */
#include "code/pad.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "base/forbidden.h"

#define PADS_FIRST 8

#define FIRST_STEP (UINT64_C(1) << 16)
#define FURTHER    (UINT64_C(1) << 26)
#define ROOM       (UINT64_C(1) << 20)

/* What follows the code. */
struct tail {
    uint64_t targets[HOOK_ENTRIES];
    struct pad_data data[];
};

static _Atomic(struct pads *) all;

static bool is_near(const struct pad_neighbour *near, uint64_t start, uint64_t size)
{
    uint64_t end = start + size;
    if (start < KERNEL_PAGE || end < start)
        return false;
    return (near->code_end < start || near->code_end - start < ARCH_REACH) &&
           (end < near->code_start || end - near->code_start < ARCH_REACH);
}

static bool pad_map_at(uint64_t wanted, uint64_t size)
{
    return kernel_map_at(wanted, size, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) == 0;
}

/* Address space near the libraries that the kernel has placed: see reserve_room. */
static uint64_t room, room_end;

/* Takes `size` bytes of it. Returns their address; 0: it has less, or is too far away. */
static uint64_t take_room(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t start = room;
    if (room_end - room < size || !is_near(near, start, size))
        return 0;
    KERNEL_CALL3(SYS_madvise, start, size, MADV_POPULATE_WRITE);
    room += size;
    return start;
}

/* Lets the kernel choose the place of a library's first pads, and reserves more there for libraries
 * that are loaded later: the kernel places most libraries near each other. To look for a free place
 * later would be wrong: the program runs then, and a free place may be one that it has just
 * unmapped. */
static uint64_t reserve_room(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t total = size + pool_share(ROOM);
    long start = KERNEL_CALL6(SYS_mmap, NULL, total, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (kernel_failed(start))
        return 0;
    room = (uint64_t)start;
    room_end = room + total;
    return take_room(near, size);
}

/* Maps between the program and its heap, which the kernel begins at a random distance behind it; or
 * so far away that the heap would have to grow by 2 GiB to come there. Programs that map something
 * at fixed addresses, as emulators do, use addresses below themselves. */
static uint64_t map_above_program(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t start = kernel_page_up(near->end), heap = (uint64_t)KERNEL_CALL1(SYS_brk, 0);
    if (heap >= start + size && pad_map_at(start, size))
        return start;
    for (uint64_t away = ARCH_REACH - size; away > ARCH_REACH / 2; away -= FURTHER) {
        start = kernel_page_down(near->code_end + away) - size;
        if (is_near(near, start, size) && pad_map_at(start, size))
            return start;
    }
    return 0;
}

/* Tries the furthest places first, because the program itself maps and unmaps near ones. Places
 * above come last: something that grows can be there, the heap or the stack. */
static uint64_t map_near(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t start = near->is_program ? map_above_program(near, size) : take_room(near, size);
    if (start == 0 && near->is_start && room_end == 0 && !near->is_program)
        start = reserve_room(near, size);
    for (uint64_t away = ARCH_REACH - size; start == 0 && away < ARCH_REACH; away -= FURTHER) {
        uint64_t below = kernel_page_down(near->start - size) - away;
        if (below < near->start && is_near(near, below, size) && pad_map_at(below, size))
            start = below;
    }
    for (uint64_t away = 0; start == 0 && away < ARCH_REACH;
         away = kernel_page_up(away + away / 2 + FIRST_STEP)) {
        uint64_t above = kernel_page_up(near->end) + away;
        if (is_near(near, above, size) && pad_map_at(above, size))
            start = above;
    }
    return start;
}

/* A new struct, which all threads can see from then on. */
static struct pads *pads_make(void)
{
    static struct pads first[PADS_FIRST];
    static struct pool_row row = {(char *)first, (char *)(first + PADS_FIRST)};
    struct pads *pads = pool_take_from(&row, sizeof *pads);
    if (pads == NULL)
        return NULL;
    pads->next = atomic_load_explicit(&all, memory_order_relaxed);
    /* Pairs with the acquire of the readers. */
    atomic_store_explicit(&all, pads, memory_order_release);
    return pads;
}

static bool is_free(const struct pads *pads)
{
    return atomic_load_explicit(&pads->code, memory_order_relaxed) == 0;
}

/* A struct whose pads were destroyed, and whose memory is large enough and near the module. */
static struct pads *take_free(const struct pad_neighbour *near, uint64_t size)
{
    struct pads *pads = atomic_load_explicit(&all, memory_order_relaxed);
    for (; pads; pads = pads->next) {
        if (!is_free(pads) || pads->size < size || !is_near(near, pads->place, pads->size))
            continue;
        if (KERNEL_CALL3(SYS_mprotect, pads->place, pads->size, PROT_READ | PROT_WRITE) != 0)
            continue;
        memory_zero((void *)pads->place, pads->size);
        return pads;
    }
    return NULL;
}

static struct pads *pads_take(const struct pad_neighbour *near, uint64_t size)
{
    if (kernel_is_forbidden)
        return NULL;
    struct pads *pads = take_free(near, size);
    if (pads)
        return pads;
    uint64_t place = map_near(near, size);
    pads = place ? pads_make() : NULL;
    if (pads == NULL) {
        if (place)
            KERNEL_CALL2(SYS_munmap, place, size);
        return NULL;
    }
    pads->place = place;
    pads->size = size;
    return pads;
}

struct pads *pads_create(
    const struct pad_neighbour *near, uint32_t count, uint32_t texts_size, uint64_t target)
{
    uint64_t code_size = kernel_page_up((uint64_t)count * ARCH_PAD_SIZE);
    uint64_t size = code_size + sizeof(struct tail) + count * sizeof(struct pad_data) + texts_size;
    struct pads *pads = pads_take(near, kernel_page_up(size));
    if (pads == NULL)
        return NULL;
    struct tail *tail = (struct tail *)(pads->place + code_size);
    memory_copy(tail->targets, arch_entries, sizeof tail->targets);
    tail->targets[HOOK_ENTRY_PLAIN] = target;
    pads->sibling = NULL;
    pads->texts = (char *)&tail->data[count];
    atomic_store_explicit(&pads->data, tail->data, memory_order_relaxed);
    atomic_store_explicit(&pads->count, count, memory_order_relaxed);
    /* Pairs with the acquire of the readers: the data is complete. */
    atomic_store_explicit(&pads->code, pads->place, memory_order_release);
    return pads;
}

uint32_t pads_count(const struct pads *pads)
{
    return atomic_load_explicit(&pads->count, memory_order_relaxed);
}

struct pad_data *pads_data(struct pads *pads, uint32_t index)
{
    return atomic_load_explicit(&pads->data, memory_order_relaxed) + index;
}

uint64_t pads_address(const struct pads *pads, uint32_t index)
{
    return atomic_load_explicit(&pads->code, memory_order_relaxed) +
           (uint64_t)index * ARCH_PAD_SIZE;
}

void pads_write(
    struct pads *pads, uint32_t index, const struct hook_plan_entry *entry, uint64_t bias)
{
    uint8_t *pad = (uint8_t *)pads_address(pads, index);
    struct pad_data *data = pads_data(pads, index);
    const struct tail *tail = (const struct tail *)pads_data(pads, 0) - 1;
    data->function = entry->address + bias;
    if (entry->is_resolver)
        return;
    data->displaced_size = entry->displaced_size;
    data->code_size = entry->code_size;
    memory_copy(data->original, entry->original, sizeof data->original);
    data->record.flags = entry->flags;
    data->record.task = entry->task;
    atomic_store_explicit(
        &data->record.target, (uint64_t)(pad + ARCH_PAD_CODE), memory_order_relaxed);
    data->is_usable = arch_write_stub(pad, (uint64_t)&data->record,
                          (uint64_t)&tail->targets[hook_entry_of(entry->flags)]) &&
                      arch_write_displaced(pad + ARCH_PAD_CODE, entry, bias);
}

bool pads_finish(struct pads *pads)
{
    uint64_t code = pads_address(pads, 0),
             size = (uint64_t)pads_data(pads, 0) - sizeof(struct tail) - code;
    return !kernel_failed(KERNEL_CALL3(SYS_mprotect, code, size, PROT_READ | PROT_EXEC));
}

/* The memory stays, for pads of a library that is loaded later. */
void pads_destroy(struct pads *pads)
{
    atomic_store_explicit(&pads->code, 0, memory_order_relaxed);
}

/* The data of the function at `function`, or NULL if it is not hooked. */
static const struct pad_data *pad_find(const struct pads *pads, uint64_t function)
{
    const struct pad_data *data = atomic_load_explicit(&pads->data, memory_order_relaxed);
    uint32_t low = 0, high = atomic_load_explicit(&pads->count, memory_order_relaxed);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (data[middle].function == function)
            return data[middle].is_hooked ? &data[middle] : NULL;
        if (data[middle].function < function)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_hooked_at(uint64_t address)
{
    const struct pads *pads = atomic_load_explicit(&all, memory_order_acquire);
    for (; pads; pads = pads->next)
        if (atomic_load_explicit(&pads->code, memory_order_acquire) && pad_find(pads, address))
            return true;
    return false;
}

bool pads_is_entry(uint64_t address, uint64_t entry)
{
    return entry == address || (entry == address + ARCH_MARK_SIZE && arch_has_mark(address));
}

/* The code is read last: to read a page that was not used before costs a fault. */
bool pads_are_at(uint64_t address)
{
    return is_hooked_at(address) ||
           (is_hooked_at(address + ARCH_MARK_SIZE) && arch_has_mark(address));
}

/* Whether `pc` is in one of the pads. */
static bool pad_find_place(const struct pads *pads, uint64_t pc, struct pad_place *place)
{
    uint64_t code = atomic_load_explicit(&pads->code, memory_order_acquire);
    uint64_t index = (pc - code) / ARCH_PAD_SIZE, at = (pc - code) % ARCH_PAD_SIZE;
    if (code == 0 || pc < code || index >= atomic_load_explicit(&pads->count, memory_order_relaxed))
        return false;
    const struct pad_data *data = atomic_load_explicit(&pads->data, memory_order_relaxed) + index;
    uint8_t original = 0; /* in the stub */
    if (at >= ARCH_PAD_CODE)
        original = at - ARCH_PAD_CODE < data->code_size ? data->original[at - ARCH_PAD_CODE]
                                                        : data->displaced_size;
    bool is_pushed = original & HOOK_PLAN_PUSHED;
    *place = (struct pad_place){
        data->function + (original & ~HOOK_PLAN_PUSHED), is_pushed ? ARCH_CALL_PUSHES : 0, true};
    return true;
}

/* The first byte of the pad's code that belongs to the instruction. */
static uint64_t find_code(const struct pads *pads, uint64_t pad, uint64_t pc)
{
    uint64_t start = atomic_load_explicit(&pads->code, memory_order_acquire);
    uint64_t index = (pad - start) / ARCH_PAD_SIZE;
    if (start == 0 || pad < start ||
        index >= atomic_load_explicit(&pads->count, memory_order_relaxed))
        return 0;
    const struct pad_data *data = atomic_load_explicit(&pads->data, memory_order_relaxed) + index;
    for (uint8_t i = 0; i < data->code_size; i++)
        if (pc - data->function == data->original[i])
            return start + index * ARCH_PAD_SIZE + ARCH_PAD_CODE + i;
    return 0;
}

uint64_t pad_of(uint64_t pad, uint64_t pc)
{
    const struct pads *pads = atomic_load_explicit(&all, memory_order_acquire);
    uint64_t found = 0;
    for (; pads && found == 0; pads = pads->next)
        found = find_code(pads, pad, pc);
    return found;
}

struct pad_place pad_place(uint64_t pc)
{
    struct pad_place place = {.pc = pc};
    const struct pads *pads = atomic_load_explicit(&all, memory_order_acquire);
    while (pads && !pad_find_place(pads, pc, &place))
        pads = pads->next;
    return place;
}
