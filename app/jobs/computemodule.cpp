#include "app/jobs/computemodule.h"

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace taskfold::jobs {

namespace {

using Door = compute::Engine* (*)();

std::mutex g_mutex;  // guards the two below
compute::Engine* g_engine = nullptr;
compute::Engine* g_injected = nullptr;

std::filesystem::path moduleFile()
{
    if (const char* named = std::getenv("TASKFOLD_COMPUTE"))
        return named;
    std::error_code failure;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
    const std::array places{program, program.parent_path() / "bin", program.parent_path() / "lib" / "taskfold"};
    for (const auto& place : places)
        if (std::filesystem::exists(place / "libtaskfold-compute.so", failure))
            return place / "libtaskfold-compute.so";
    return program / "libtaskfold-compute.so";
}

Result<compute::Engine*> opened()
{
    const std::filesystem::path file = moduleFile();
    // Threads of libtorch's own loops sleep when they have nothing to do instead of turning on the spot: where other programs, or our
    // own window, want the cores, too, a step is several times faster. (Ours look as long as it pays: engine/model/parallel.h.) Read
    // when OpenMP is loaded.
    setenv("OMP_WAIT_POLICY", "passive", 0);
    // Never closed: libtorch's threads outlive any attempt to unload it.
    void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module)
        return Error{ErrorCode::NotFound, std::string("the part that computes can't be opened: ") + dlerror()};
    const auto door = reinterpret_cast<Door>(dlsym(module, "taskfold_compute_engine"));
    if (!door)
        return Error{ErrorCode::Internal, file.string() + " is no module of this program"};
    return door();
}

}  // namespace

Result<compute::Engine*> computeEngine()
{
    const std::scoped_lock lock(g_mutex);
    if (g_injected)
        return g_injected;
    if (!g_engine) {
        Result<compute::Engine*> engine = opened();
        if (!engine)
            return engine;
        g_engine = *engine;
    }
    return g_engine;
}

void useEngine(compute::Engine* engine)
{
    const std::scoped_lock lock(g_mutex);
    g_injected = engine;
}

}  // namespace taskfold::jobs
