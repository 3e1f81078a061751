/*
 * decoder.c - Zydis, loaded when the first instruction is to be decoded.
 */
#include "decoder.h"

#include <dlfcn.h>
#include <pthread.h>

static ZyanStatus (*init)(ZydisDecoder *, ZydisMachineMode, ZydisStackWidth);
static ZyanStatus (*decode_instruction)(const ZydisDecoder *, ZydisDecoderContext *, const void *,
    ZyanUSize, ZydisDecodedInstruction *);

static void load(void)
{
    void *library = dlopen(ZYDIS_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    /* ISO C knows no conversion from an object's pointer to a function's; POSIX does (dlsym(3)). */
    *(void **)&init = dlsym(library, "ZydisDecoderInit");
    *(void **)&decode_instruction = dlsym(library, "ZydisDecoderDecodeInstruction");
}

bool decoder_begin(ZydisDecoder *decoder)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return init && decode_instruction &&
           ZYAN_SUCCESS(init(decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64));
}

bool decoder_decode(const ZydisDecoder *decoder, const uint8_t *bytes, size_t size,
    ZydisDecodedInstruction *instruction)
{
    return ZYAN_SUCCESS(decode_instruction(decoder, NULL, bytes, size, instruction));
}
