#include "engine/core/processor.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace taskfold {

namespace {

// The bits are asked of the processor itself: older compilers' __builtin_cpu_supports doesn't know tiles. CPUID leaf 7, EDX 22:
// AMX-BF16 (Intel's Software Developer's Manual); the number and feature of the request: Linux' asm/prctl.h.
bool tilesAreThere()
{
#if defined(__x86_64__) && defined(__linux__)
    constexpr long kRequestPermission = 0x1023, kTileData = 18;
    unsigned a = 0, b = 0, c = 0, d = 0;
    return multipliesPairs() && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1U << 22)) != 0
        && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
    return false;
#endif
}

bool pairsAreThere()
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

// CPUID leaf 0 spells the maker's name.
bool isIntels()
{
#if defined(__x86_64__)
    unsigned highest = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0, &highest, &b, &c, &d) != 0 && b == signature_INTEL_ebx && c == signature_INTEL_ecx && d == signature_INTEL_edx;
#else
    return false;
#endif
}

}  // namespace

bool outpacesLibrary()
{
    static const bool does = multipliesPairs() && !isIntels();
    return does;
}

bool multipliesPairs()
{
    static const bool can = pairsAreThere();
    return can;
}

bool multipliesTiles()
{
    static const bool can = tilesAreThere();
    return can;
}

}  // namespace taskfold
