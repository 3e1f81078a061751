/*
 * pad.c - what stands between a function that is hooked at its entry and the trampoline.
 *
 * A mapping has whole pages of code, then the address to which all pads jump, the data of each
 * pad, and the texts. Who is found in a pad by a signal keeps its module, and so the pad, from
 * being unloaded: that is why pad_place needs no lock. What it reads of other pads is in
 * struct pads, which stays.
 */
#include "pad.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "kernel.h"
#include "forbidden.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000 /* Linux 4.17; before, the address is a wish */
#endif

#define PADS_FIRST 8

#define PAD_SIZE 96
#define PAD_CODE 24 /* where what was displaced begins */

#define REACH      ((UINT64_C(1) << 31) - (UINT64_C(1) << 20)) /* of a jump, with some to spare */
#define FIRST_STEP (UINT64_C(1) << 16)

static const uint8_t stub[] = {
    0x4c, 0x89, 0x5c, 0x24, 0xf0, /* mov %r11, -16(%rsp) */
    0x4c, 0x8d, 0x1d, 0, 0, 0, 0, /* lea record(%rip), %r11 */
    0xff, 0x25, 0, 0, 0, 0,       /* jmp *target(%rip) */
};
enum { STUB_RECORD = 8, STUB_TARGET = 14 }; /* the two offsets, each from its own end */

_Static_assert(sizeof stub <= PAD_CODE, "the stub comes before what was displaced");
_Static_assert(PAD_CODE + HOOK_PLAN_CODE + HOOK_PLAN_JUMP <= PAD_SIZE, "and all fits");

/* What follows the code. */
struct tail {
    uint64_t target;
    uint64_t reserved[7];
    struct pad_data data[];
};

static _Atomic(struct pads *) all;

static bool is_near(const struct pad_neighbour *near, uint64_t start, uint64_t size)
{
    uint64_t end = start + size;
    if (start < KERNEL_PAGE || end < start)
        return false;
    return (near->code_end < start || near->code_end - start < REACH) &&
           (end < near->code_start || end - near->code_start < REACH);
}

static bool map_at(uint64_t wanted, uint64_t size)
{
    long memory = KERNEL_CALL6(SYS_mmap, wanted, size, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED_NOREPLACE, -1, 0);
    if (kernel_failed(memory))
        return false;
    if ((uint64_t)memory == wanted)
        return true;
    KERNEL_CALL2(SYS_munmap, memory, size);
    return false;
}

/* Where the kernel puts it: near to most libraries, which it put there as well. */
static uint64_t map_anywhere(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t start = (uint64_t)kernel_map_memory(size);
    if (start == 0 || is_near(near, start, size))
        return start;
    kernel_unmap_memory((void *)start, size);
    return 0;
}

/* Tries further and further away, by steps that grow. Above there can be what has to grow: the
 * heap, the stack; so it comes last. */
static uint64_t map_near(const struct pad_neighbour *near, uint64_t size)
{
    uint64_t anywhere = near->is_program ? 0 : map_anywhere(near, size);
    if (anywhere)
        return anywhere;
    for (uint64_t away = 0; away < REACH; away = kernel_page_up(away + away / 2 + FIRST_STEP)) {
        uint64_t start = kernel_page_down(near->start) - size - away;
        if (start < near->start && is_near(near, start, size) && map_at(start, size))
            return start;
    }
    for (uint64_t away = 0; away < REACH && !near->is_program;
         away = kernel_page_up(away + away / 2 + FIRST_STEP)) {
        uint64_t start = kernel_page_up(near->end) + away;
        if (is_near(near, start, size) && map_at(start, size))
            return start;
    }
    return 0;
}

/* A struct that is free again, or a new one, which all can see from then on. */
static struct pads *take(void)
{
    /* As in entry.c, module_for. */
    static struct pads first[PADS_FIRST];
    static struct pads *fresh = first, *fresh_end = first + PADS_FIRST;
    struct pads *pads = atomic_load_explicit(&all, memory_order_relaxed);
    while (pads && pads->size != 0)
        pads = pads->next;
    if (pads)
        return pads;
    if (fresh == fresh_end) {
        fresh = kernel_map_memory(KERNEL_PAGE);
        fresh_end = fresh ? fresh + KERNEL_PAGE / sizeof *fresh : NULL;
    }
    if (fresh == NULL)
        return NULL;
    pads = fresh++;
    pads->next = atomic_load_explicit(&all, memory_order_relaxed);
    /* Pairs with the acquire of those who look. */
    atomic_store_explicit(&all, pads, memory_order_release);
    return pads;
}

struct pads *pads_create(
    const struct pad_neighbour *near, uint32_t count, uint32_t texts_size, uint64_t target)
{
    uint64_t code_size = kernel_page_up((uint64_t)count * PAD_SIZE);
    uint64_t size = code_size + sizeof(struct tail) + count * sizeof(struct pad_data) + texts_size;
    struct pads *pads = kernel_is_forbidden ? NULL : take();
    uint64_t code = pads ? map_near(near, kernel_page_up(size)) : 0;
    if (code == 0)
        return NULL;
    struct tail *tail = (struct tail *)(code + code_size);
    tail->target = target;
    pads->size = kernel_page_up(size);
    pads->sibling = NULL;
    pads->texts = (char *)&tail->data[count];
    atomic_store_explicit(&pads->data, tail->data, memory_order_relaxed);
    atomic_store_explicit(&pads->count, count, memory_order_relaxed);
    /* Pairs with the acquire of those who look: the data stands. */
    atomic_store_explicit(&pads->code, code, memory_order_release);
    return pads;
}

static bool put_offset(uint8_t *at, uint64_t to, uint64_t from)
{
    int64_t offset = (int64_t)(to - from);
    int32_t value = (int32_t)offset;
    if (value != offset)
        return false;
    memory_copy(at, &value, sizeof value);
    return true;
}

static bool apply(uint8_t *code, const struct hook_plan_fixup *fixup, uint64_t bias)
{
    uint64_t to = fixup->to + bias;
    if (fixup->kind == HOOK_PLAN_RELATIVE)
        return put_offset(code + fixup->at, to, (uint64_t)(code + fixup->end));
    uint32_t half = (uint32_t)(fixup->kind == HOOK_PLAN_LOW ? to : to >> 32);
    memory_copy(code + fixup->at, &half, sizeof half);
    return true;
}

/* What was displaced, and the jump back. */
static bool write_displaced(uint8_t *code, const struct hook_plan_entry *entry, uint64_t bias)
{
    uint8_t *end = code + entry->code_size;
    memory_copy(code, entry->code, entry->code_size);
    for (unsigned i = 0; i < entry->fixup_count; i++)
        if (!apply(code, &entry->fixups[i], bias))
            return false;
    if (entry->ends_by_itself)
        return true;
    *end = 0xe9;
    return put_offset(end + 1, entry->address + entry->displaced_size + bias, (uint64_t)(end + 5));
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
    return atomic_load_explicit(&pads->code, memory_order_relaxed) + (uint64_t)index * PAD_SIZE;
}

static bool write_stub(uint8_t *pad, const struct hook_record *record, const struct tail *tail)
{
    memory_copy(pad, stub, sizeof stub);
    return put_offset(pad + STUB_RECORD, (uint64_t)record, (uint64_t)(pad + STUB_RECORD + 4)) &&
           put_offset(
               pad + STUB_TARGET, (uint64_t)&tail->target, (uint64_t)(pad + STUB_TARGET + 4));
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
    atomic_store_explicit(&data->record.target, (uint64_t)(pad + PAD_CODE), memory_order_relaxed);
    data->is_usable = write_stub(pad, &data->record, tail) &&
                      write_displaced(pad + PAD_CODE, entry, bias);
}

bool pads_finish(struct pads *pads)
{
    uint64_t code = pads_address(pads, 0),
             size = (uint64_t)pads_data(pads, 0) - sizeof(struct tail) - code;
    return !kernel_failed(KERNEL_CALL3(SYS_mprotect, code, size, PROT_READ | PROT_EXEC));
}

void pads_destroy(struct pads *pads)
{
    uint64_t code = atomic_exchange_explicit(&pads->code, 0, memory_order_relaxed);
    if (kernel_is_forbidden)
        return; /* it stays, and so does pads->size, so that the struct is not used again */
    kernel_unmap_memory((void *)code, pads->size);
    pads->size = 0;
}

/* The data of the function at `function`, where it is hooked. */
static const struct pad_data *find(const struct pads *pads, uint64_t function)
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
        if (atomic_load_explicit(&pads->code, memory_order_acquire) && find(pads, address))
            return true;
    return false;
}

bool pads_are_at(uint64_t address)
{
    static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    if (is_hooked_at(address))
        return true;
    /* The code is looked at last: its page may not have been touched. */
    return is_hooked_at(address + sizeof endbr64) &&
           memory_equal((const void *)address, endbr64, sizeof endbr64);
}

/* Whether `pc` is in one of the pads. */
static bool find_place(const struct pads *pads, uint64_t pc, struct pad_place *place)
{
    uint64_t code = atomic_load_explicit(&pads->code, memory_order_acquire);
    uint64_t index = (pc - code) / PAD_SIZE, at = (pc - code) % PAD_SIZE;
    if (code == 0 || pc < code || index >= atomic_load_explicit(&pads->count, memory_order_relaxed))
        return false;
    const struct pad_data *data = atomic_load_explicit(&pads->data, memory_order_relaxed) + index;
    uint8_t original = 0; /* in the stub */
    if (at >= PAD_CODE)
        original = at - PAD_CODE < data->code_size ? data->original[at - PAD_CODE]
                                                   : data->displaced_size;
    bool is_pushed = original & HOOK_PLAN_PUSHED;
    *place = (struct pad_place){
        data->function + (original & ~HOOK_PLAN_PUSHED), is_pushed ? 8 : 0, true};
    return true;
}

struct pad_place pad_place(uint64_t pc)
{
    struct pad_place place = {.pc = pc};
    const struct pads *pads = atomic_load_explicit(&all, memory_order_acquire);
    while (pads && !find_place(pads, pc, &place))
        pads = pads->next;
    return place;
}

enum cfi_result pad_find_row(
    uint64_t eh_frame_hdr, const struct pad_place *place, struct cfi_work *work)
{
    enum cfi_result result = cfi_find_row(eh_frame_hdr, place->pc, work);
    if (result != CFI_FOUND || place->pushed == 0)
        return result;
    if (work->row.cfa_is_expression)
        return CFI_UNKNOWN;
    if (work->row.cfa_register == CFI_RSP)
        work->row.cfa_value += (int64_t)place->pushed;
    return CFI_FOUND;
}
