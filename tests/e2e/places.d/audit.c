/* An audit library (rtld-audit(7)) that looks at every call through a linkage table. */
#define _GNU_SOURCE
#include <link.h>
#include <stdint.h>

unsigned la_version(unsigned version);
unsigned la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie);
Elf64_Addr la_x86_64_gnu_pltenter(Elf64_Sym *symbol, unsigned index, uintptr_t *from, uintptr_t *to,
    La_x86_64_regs *registers, unsigned *flags, const char *name, long *frame_size);

unsigned la_version(unsigned version)
{
    return version;
}

unsigned la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
    (void)map, (void)namespace, (void)cookie;
    return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

Elf64_Addr la_x86_64_gnu_pltenter(Elf64_Sym *symbol, unsigned index, uintptr_t *from, uintptr_t *to,
    La_x86_64_regs *registers, unsigned *flags, const char *name, long *frame_size)
{
    (void)index, (void)from, (void)to, (void)registers, (void)flags, (void)name;
    (void)frame_size; /* as it is, the call is a jump; a frame would break vfork */
    return symbol->st_value;
}
