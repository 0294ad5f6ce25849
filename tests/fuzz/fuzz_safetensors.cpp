// A safetensors file with hostile bytes: refused, or every view lies inside the file and has the bytes its shape says.
#include "engine/format/safetensors.h"
#include "tests/fuzz/memoryfile.h"
#include "tests/fuzz/target.h"

namespace taskfold::fuzz {

namespace {

std::string file(const std::string& header, std::size_t data)
{
    const std::uint64_t size = header.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof size) + header + std::string(data, '\1');
}

}  // namespace

std::vector<std::string> seeds()
{
    return {
        file(R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}})", 16),
        file(R"({"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},)"
             R"("b":{"dtype":"F16","shape":[2,1],"data_offsets":[6,10]}})", 10),
        file(R"({"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"U8","shape":[0,4],"data_offsets":[8,8]}})", 8),
        file("{}", 0),
    };
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    static fuzz::MemoryFile file;
    file.hold({reinterpret_cast<const char*>(data), size});
    const Result<Safetensors> weights = Safetensors::openFile(file.path());
    if (!weights)
        return 0;
    std::size_t sum = 0;
    for (const TensorView& tensor : weights->tensors()) {
        fuzz::require(weights->find(tensor.name) == &tensor);
        std::uint64_t bytes = sizeOf(tensor.dtype);
        for (const std::int64_t edge : tensor.shape)
            bytes *= static_cast<std::uint64_t>(edge);
        fuzz::require(bytes == tensor.bytes.size());
        for (const std::byte byte : tensor.bytes)
            sum += static_cast<std::size_t>(byte);
    }
    fuzz::require(sum <= size * 255);
    return 0;
}
