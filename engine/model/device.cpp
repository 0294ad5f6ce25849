#include "engine/model/device.h"

#include "engine/model/parallel.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include <fstream>
#include <thread>

namespace taskfold::model {

namespace {

double hostMemoryMib()
{
    std::ifstream file("/proc/meminfo");
    std::string name;
    double kib = 0;
    file >> name >> kib;
    return kib / 1024;
}

}  // namespace

Result<torch::Device> place(const compute::Placement& placement)
{
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = placement.threads > 0 ? placement.threads : cores;
    at::set_num_threads(threads);
    setLoopThreads(threads);
    if (placement.device == "cpu")
        return torch::Device(torch::kCPU);
    for (const compute::Device& device : devices()) {
        if (device.name == placement.device || (placement.device == "cuda" && device.name == "cuda:0"))
            return torch::Device(device.name);
    }
    return Error{ErrorCode::InvalidInput, "there is no device " + placement.device + " on this machine"};
}

std::vector<compute::Device> devices()
{
    std::vector<compute::Device> found{{"cpu", "CPU", hostMemoryMib()}};
    if (!torch::cuda::is_available())
        return found;
    for (int i = 0; i < static_cast<int>(torch::cuda::device_count()); ++i)
        found.push_back({"cuda:" + std::to_string(i), "CUDA device " + std::to_string(i), 0});
    return found;
}

}  // namespace taskfold::model
