#include "engine/train/checkpoint.h"

#include "engine/core/hash.h"
#include "engine/format/modelfolder.h"
#include "engine/format/safetensors.h"
#include "engine/model/modelio.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

namespace taskfold::train {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";

Result<void> sync(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return Error{ErrorCode::Io, "can't sync " + path.string()};
    return {};
}

Result<void> writeText(const fs::path& file, const std::string& text)
{
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        return Error{ErrorCode::DiskFull, "can't write " + file.string()};
    return {};
}

Result<std::string> readText(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (in.bad() || text.empty())
        return Error{ErrorCode::Damaged, "can't read " + file.string()};
    return text;
}

Result<void> writeMoments(const fs::path& file, const Moments& moments)
{
    const torch::Tensor first = moments.first.cpu().contiguous();
    const torch::Tensor second = moments.second.cpu().contiguous();
    const auto view = [](const char* name, const torch::Tensor& tensor) {
        return TensorView{name, Dtype::F32, {tensor.size(0)},
            {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
    };
    const std::vector<TensorView> views{view("first", first), view("second", second)};
    return writeSafetensors(file, views, {});
}

Result<void> writeManifest(const fs::path& folder)
{
    nlohmann::json files = nlohmann::json::object();
    for (const auto& entry : fs::directory_iterator(folder)) {
        const Result<std::string> hash = sha256OfFile(entry.path());
        if (!hash)
            return hash.error();
        if (Result<void> synced = sync(entry.path()); !synced)
            return synced;
        files[entry.path().filename().string()] = *hash;
    }
    if (Result<void> written = writeText(folder / "manifest.json", files.dump(1)); !written)
        return written;
    return sync(folder / "manifest.json");
}

bool isWhole(const fs::path& folder)
{
    const Result<std::string> text = readText(folder / "manifest.json");
    if (!text || !fs::exists(folder / "optimizer.safetensors"))
        return false;
    const auto files = nlohmann::json::parse(*text, nullptr, false);
    if (!files.is_object())
        return false;
    for (const auto& [name, hash] : files.items()) {
        const Result<std::string> found = sha256OfFile(folder / name);
        if (!found || !hash.is_string() || *found != hash.get<std::string>())
            return false;
    }
    return true;
}

Result<void> fill(const Safetensors& file, const char* name, torch::Tensor& tensor)
{
    const TensorView* view = file.find(name);
    if (view == nullptr || view->dtype != Dtype::F32 || view->elements() != tensor.numel())
        return Error{ErrorCode::Damaged, std::string("optimizer.safetensors: ") + name + " doesn't fit the model"};
    torch::Tensor host = torch::empty({tensor.numel()}, torch::kFloat32);
    std::memcpy(host.data_ptr(), view->bytes.data(), view->bytes.size());
    tensor.copy_(host);
    return {};
}

}  // namespace

CheckpointStore::CheckpointStore(fs::path runFolder, fs::path base)
    : m_folder(std::move(runFolder) / "checkpoints")
    , m_base(std::move(base))
{
}

fs::path CheckpointStore::folderOf(std::int64_t step) const
{
    return m_folder / (std::string(kPrefix) + std::to_string(step));
}

Result<fs::path> CheckpointStore::write(
    const Learner& learner, const Moments& moments, const TrainState& state) const
{
    const fs::path folder = folderOf(state.step);
    if (fs::exists(folder))
        return folder;  // of the same step, so of the same bits
    const fs::path beside = m_folder / (".part-" + std::to_string(state.step));
    fs::remove_all(beside);
    fs::create_directories(beside);
    Result<void> done;
    if (learner.adapter()) {
        // Relative, so that a project can be moved.
        done = model::saveAdapter(
            *learner.adapter(), beside, fs::proximate(fs::weakly_canonical(m_base), fs::weakly_canonical(folder)).generic_string());
    } else {
        done = model::save(learner.model(), beside);
        if (done)
            done = model::copyTokenizer(m_base, beside);
    }
    if (done)
        done = writeMoments(beside / "optimizer.safetensors", moments);
    if (done)
        done = writeText(beside / "state.json", textOf(state));
    if (done)
        done = writeManifest(beside);
    if (!done) {
        std::error_code ignored;
        fs::remove_all(beside, ignored);
        return std::move(done).error();
    }
    fs::rename(beside, folder);
    if (Result<void> synced = sync(m_folder); !synced)
        return std::move(synced).error();
    return folder;
}

std::vector<std::int64_t> CheckpointStore::steps() const
{
    std::vector<std::int64_t> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(m_folder, none)) {
        const std::string name = entry.path().filename().string();
        std::int64_t step = 0;
        const char* end = name.data() + name.size();
        if (name.starts_with(kPrefix) && std::from_chars(name.data() + kPrefix.size(), end, step).ptr == end)
            found.push_back(step);
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<std::int64_t> CheckpointStore::newestWhole() const
{
    const std::vector<std::int64_t> all = steps();
    for (auto step = all.rbegin(); step != all.rend(); ++step) {
        if (isWhole(folderOf(*step)))
            return *step;
    }
    return {};
}

Result<void> CheckpointStore::readWeights(std::int64_t step, Learner& learner) const
{
    const torch::NoGradGuard noGrad;
    const auto copy = [&](const model::Parameters& from) -> Result<void> {
        if (from.count() != learner.trained().count())
            return Error{ErrorCode::Damaged, folderOf(step).string() + " is of another model"};
        learner.trained().flat.copy_(from.flat);
        learner.weightsChanged();
        return {};
    };
    if (learner.adapter()) {
        const auto adapter = model::loadAdapter(folderOf(step), learner.model().config(), learner.model().device());
        return adapter ? copy((*adapter)->parameters()) : Result<void>(adapter.error());
    }
    const Result<model::Loaded> loaded = model::load(folderOf(step), learner.model().device());
    return loaded ? copy(loaded->model->parameters()) : Result<void>(loaded.error());
}

Result<TrainState> CheckpointStore::read(std::int64_t step, Learner& learner, Moments& moments) const
{
    if (Result<void> done = readWeights(step, learner); !done)
        return std::move(done).error();
    Result<Safetensors> file = Safetensors::openFile(folderOf(step) / "optimizer.safetensors");
    if (!file)
        return std::move(file).error();
    for (const auto& [name, tensor] : {std::pair("first", &moments.first), std::pair("second", &moments.second)}) {
        if (Result<void> filled = fill(*file, name, *tensor); !filled)
            return std::move(filled).error();
    }
    const Result<std::string> text = readText(folderOf(step) / "state.json");
    if (!text)
        return text.error();
    return stateFrom(*text);
}

void CheckpointStore::tidy(const std::vector<std::int64_t>& keep) const
{
    const std::vector<std::int64_t> all = steps();
    std::error_code ignored;
    for (std::size_t i = 0; i + 2 < all.size(); ++i) {
        if (std::find(keep.begin(), keep.end(), all[i]) == keep.end())
            fs::remove_all(folderOf(all[i]), ignored);
        else
            fs::remove(folderOf(all[i]) / "optimizer.safetensors", ignored);
    }
}

}  // namespace taskfold::train
