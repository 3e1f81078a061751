/*
 * image.c - the file of an object in the link map, and where its code is.
 *
 * Program headers are usually mapped, at the beginning of a library's first segment. If they seem
 * not to be, they are read from the file.
 */
#include "hook/image.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/startup.h"
#include "trace/modules.h"
#include "base/forbidden.h"

#define SEGMENTS_MAX 64

/* The kernel's link leads to the program's file, also if that was moved. */
static bool is_executable(const struct image *image)
{
    return image->is_program && modules_program_is_executable();
}

static const char *path_to_open(const struct image *image)
{
    return is_executable(image) ? "/proc/self/exe" : image->wanted.request.path;
}

bool image_identify(struct image *image, const struct link_map *map)
{
    struct hook_plan_request *request = &image->wanted.request;
    struct stat status;
    if (kernel_is_forbidden)
        return false;
    image->map = map;
    image->is_program = map == linkmap_first();
    image->area_count = 0;
    image->wanted.path_length = 0;
    if (!is_executable(image))
        image->wanted.path_length = modules_absolute_path(
            map->l_name, request->path, sizeof request->path);
    if (kernel_failed(arch_stat(path_to_open(image), &status)))
        return false;
    request->dev = status.st_dev;
    request->ino = status.st_ino;
    request->address = request->resolver = 0;
    return true;
}

static int protection_of(const ElfW(Phdr) * segment)
{
    int protection = PROT_EXEC;
    if (segment->p_flags & PF_R)
        protection |= PROT_READ;
    if (segment->p_flags & PF_W)
        protection |= PROT_WRITE;
    return protection;
}

static void add_area(struct image *image, const ElfW(Phdr) * segment)
{
    uint64_t start = image->map->l_addr + segment->p_vaddr, end = start + segment->p_filesz;
    if (!(segment->p_flags & PF_X) || image->area_count == IMAGE_AREAS_MAX)
        return;
    image->areas[image->area_count++] = (struct patch_area){
        kernel_page_down(start), kernel_page_up(end), protection_of(segment)};
}

/* Returns whether the segments are the mapped ones: the address of the dynamic section shows it. */
static bool take_segments(struct image *image, const ElfW(Phdr) * segments, unsigned count)
{
    bool is_mapped = false;
    image->start = UINT64_MAX;
    image->end = 0;
    for (const ElfW(Phdr) *segment = segments; segment < segments + count; segment++) {
        uint64_t start = image->map->l_addr + segment->p_vaddr, end = start + segment->p_memsz;
        if (segment->p_type == PT_DYNAMIC)
            is_mapped = start == (uint64_t)image->map->l_ld;
        if (segment->p_type != PT_LOAD)
            continue;
        image->start = start < image->start ? start : image->start;
        image->end = end > image->end ? end : image->end;
        add_area(image, segment);
    }
    return is_mapped && image->area_count > 0;
}

static bool is_wanted(long fd, const struct hook_plan_request *request)
{
    struct stat status;
    return !kernel_failed(KERNEL_CALL2(SYS_fstat, fd, &status)) && status.st_dev == request->dev &&
           status.st_ino == request->ino;
}

static bool read_segments(struct image *image, long fd)
{
    static ElfW(Phdr) segments[SEGMENTS_MAX] STARTUP_ROOM(segments);
    ElfW(Ehdr) header;
    if (!is_wanted(fd, &image->wanted.request))
        return false;
    if (KERNEL_CALL4(SYS_pread64, fd, &header, sizeof header, 0) != sizeof header)
        return false;
    if (header.e_phentsize != sizeof *segments || header.e_phnum > SEGMENTS_MAX)
        return false;
    long size = (long)(header.e_phnum * sizeof *segments);
    if (KERNEL_CALL4(SYS_pread64, fd, segments, size, header.e_phoff) != size)
        return false;
    return take_segments(image, segments, header.e_phnum);
}

/* Takes the segments from the ELF header that is mapped at the load address, if there is one. */
static bool find_segments(struct image *image)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)image->map->l_addr;
    if (image->is_program || header == NULL || (uint64_t)header % KERNEL_PAGE != 0 ||
        !kernel_is_readable((uint64_t)header))
        return false;
    if (!memory_equal(header->e_ident, ELFMAG, SELFMAG) || header->e_phnum > SEGMENTS_MAX ||
        header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phoff != sizeof *header)
        return false;
    return take_segments(image, (const ElfW(Phdr) *)(header + 1), header->e_phnum);
}

bool image_read(struct image *image)
{
    if (image->area_count > 0 || find_segments(image))
        return true;
    image->area_count = 0;
    long fd = arch_open(path_to_open(image), O_RDONLY | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return false;
    bool is_read = read_segments(image, fd);
    KERNEL_CALL1(SYS_close, fd);
    if (!is_read)
        image->area_count = 0;
    return is_read;
}

const struct patch_area *image_area(const struct image *image, uint64_t address, uint64_t size)
{
    for (const struct patch_area *area = image->areas; area < image->areas + image->area_count;
         area++)
        if (address >= area->start && address < area->end && size <= area->end - address)
            return area;
    return NULL;
}
