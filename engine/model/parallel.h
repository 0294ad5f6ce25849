#pragma once

#include <cstdint>

/// Loops of a pass, divided among threads that stay. A pass is some thousand loops of some ten microseconds: who waits for the
/// others looks for a while before it sleeps, as long as that pays (parallel.cpp). No torch.
namespace taskfold::model {

/// Threads that this thread's loops are divided among, itself included; from 1, and as many as there are cores unless it is set.
/// Sums depend on it.
void setLoopThreads(int count);
int loopThreads();

/// Whether the calling thread is in a loop, of these or of OpenMP: further loops run on it alone.
bool insideLoop();

using LoopBody = void (*)(const void* body, std::int64_t from, std::int64_t to);
/// See parallelFor.
void divide(std::int64_t begin, std::int64_t end, std::int64_t grain, LoopBody call, const void* body);

/// Calls body(from, to) for parts of [begin, end) of `grain` numbers or more, at most one a thread and each the same length but for
/// the last; returns when all are done. What a part throws is thrown here. Each thread that asks has others of its own.
template <typename Body>
void parallelFor(std::int64_t begin, std::int64_t end, std::int64_t grain, const Body& body)
{
    divide(begin, end, grain,
        [](const void* one, std::int64_t from, std::int64_t to) { (*static_cast<const Body*>(one))(from, to); }, &body);
}

}  // namespace taskfold::model
