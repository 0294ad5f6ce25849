// Preloaded into a program (LD_PRELOAD), it lets calls on files fail whose path holds FAULT_PATH: FAULT_CALL (write, fsync,
// rename, open, mkdir) with errno FAULT_ERRNO, from the FAULT_AFTER-th such call on (from 1); with FAULT_ONCE only that one.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls{0};

const char* setting(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool fails(const char* call, const char* path)
{
    if (std::strcmp(setting("FAULT_CALL"), call) != 0 || path == nullptr || std::strstr(path, setting("FAULT_PATH")) == nullptr)
        return false;
    const long number = ++calls, from = std::atol(setting("FAULT_AFTER"));
    if (*setting("FAULT_ONCE") ? number != from : number < from)
        return false;
    errno = std::atoi(setting("FAULT_ERRNO"));
    return true;
}

bool failsAt(const char* call, int file)
{
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = ::readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return false;
    path[length] = 0;
    return fails(call, path);
}

template <typename Function>
Function next(const char* name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t size)
{
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    return failsAt("write", file) ? -1 : real(file, data, size);
}

int fsync(int file)
{
    static const auto real = next<int (*)(int)>("fsync");
    return failsAt("fsync", file) ? -1 : real(file);
}

int rename(const char* from, const char* to)
{
    static const auto real = next<int (*)(const char*, const char*)>("rename");
    return fails("rename", to) ? -1 : real(from, to);
}

int mkdir(const char* path, mode_t mode)
{
    static const auto real = next<int (*)(const char*, mode_t)>("mkdir");
    return fails("mkdir", path) ? -1 : real(path, mode);
}

int open(const char* path, int flags, ...)
{
    static const auto real = next<int (*)(const char*, int, ...)>("open");
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return (flags & O_CREAT) && fails("open", path) ? -1 : real(path, flags, mode);
}

}  // extern "C"
