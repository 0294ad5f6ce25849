#include "engine/train/checkpoint.h"

#include "engine/core/hash.h"
#include "engine/format/newfile.h"
#include "engine/format/modelfolder.h"
#include "engine/format/safetensors.h"
#include "engine/model/modelio.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

namespace taskfold::train {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr const char* kOptimiser = "optimizer.safetensors";

Result<void> sync(const fs::path& path)
{
    const int file = ::open(path.c_str(), O_RDONLY);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0)
        ::close(file);
    if (!synced)
        return Error{reason == ENOSPC || reason == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io,
            "can't sync " + path.string() + ": " + std::strerror(reason)};
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
    if (Result<void> written = writeWhole(folder / "manifest.json", files.dump(1)); !written)
        return written;
    return sync(folder);
}

// `resumable`: with what only a resume needs.
bool isWhole(const fs::path& folder, bool resumable)
{
    const Result<std::string> text = readText(folder / "manifest.json");
    if (!text)
        return false;
    const auto files = nlohmann::json::parse(*text, nullptr, false);
    if (!files.is_object() || files.empty())
        return false;
    for (const auto& [name, hash] : files.items()) {
        if (!resumable && name == kOptimiser)
            continue;
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

fs::path CheckpointStore::besideOf(std::int64_t step) const
{
    return m_folder / (".part-" + std::to_string(step));
}

Result<void> CheckpointStore::layModel(const Learner& learner, const fs::path& beside, const fs::path& folder) const
{
    std::error_code failure;
    fs::remove_all(beside, failure);
    fs::create_directories(beside, failure);
    if (failure)
        return Error{failure == std::errc::no_space_on_device ? ErrorCode::DiskFull : ErrorCode::Io,
            beside.string() + ": " + failure.message()};
    if (learner.adapter())  // relative, so that a project can be moved
        return model::saveAdapter(*learner.adapter(), beside,
            fs::proximate(fs::weakly_canonical(m_base), fs::weakly_canonical(folder)).generic_string());
    Result<void> done = model::save(learner.model(), beside);
    return done ? model::copyTokenizer(m_base, beside) : done;
}

Result<void> CheckpointStore::lay(const Learner& learner, const Moments& moments, const TrainState& state) const
{
    if (fs::exists(folderOf(state.step)))
        return {};  // of the same step, so of the same bits
    const fs::path beside = besideOf(state.step);
    const SyncLater later;
    Result<void> done = layModel(learner, beside, folderOf(state.step));
    if (done)
        done = writeMoments(beside / kOptimiser, moments);
    if (done)
        done = writeWhole(beside / "state.json", textOf(state));
    std::error_code ignored;
    if (!done)
        fs::remove_all(beside, ignored);
    return done;
}

Result<fs::path> CheckpointStore::seal(std::int64_t step) const
{
    const fs::path folder = folderOf(step), beside = besideOf(step);
    if (fs::exists(folder))
        return folder;
    Result<void> done = writeManifest(beside);
    std::error_code failure;
    if (done)
        fs::rename(beside, folder, failure);
    if (done && failure)
        done = Error{ErrorCode::Io, folder.string() + ": " + failure.message()};
    if (!done) {
        fs::remove_all(beside, failure);
        return std::move(done).error();
    }
    if (Result<void> synced = sync(m_folder); !synced)
        return std::move(synced).error();
    return folder;
}

Result<fs::path> CheckpointStore::write(
    const Learner& learner, const Moments& moments, const TrainState& state) const
{
    if (Result<void> laid = lay(learner, moments, state); !laid)
        return std::move(laid).error();
    return seal(state.step);
}

Result<fs::path> CheckpointStore::writeModel(const Learner& learner, const std::string& name) const
{
    const fs::path folder = m_folder / name, beside = m_folder / (".part-" + name);
    Result<void> done = layModel(learner, beside, folder);
    if (done)
        done = writeManifest(beside);
    std::error_code failure;
    if (!done) {
        fs::remove_all(beside, failure);
        return std::move(done).error();
    }
    fs::remove_all(folder, failure);
    fs::rename(beside, folder, failure);
    if (failure)
        return Error{ErrorCode::Io, folder.string() + ": " + failure.message()};
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

std::optional<std::int64_t> CheckpointStore::newestWhole(std::optional<std::int64_t> atMost) const
{
    const std::vector<std::int64_t> all = steps();
    for (auto step = all.rbegin(); step != all.rend(); ++step) {
        if ((!atMost || *step <= *atMost) && isWhole(folderOf(*step), true))
            return *step;
    }
    return {};
}

bool CheckpointStore::hasWholeModel(std::int64_t step) const
{
    return isWhole(folderOf(step), false);
}

std::vector<std::int64_t> CheckpointStore::removeAfter(std::int64_t step) const
{
    std::vector<std::int64_t> removed;
    std::error_code ignored;
    for (const std::int64_t there : steps()) {
        if (there <= step)
            continue;
        fs::remove_all(folderOf(there), ignored);
        removed.push_back(there);
    }
    return removed;
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
    Result<Safetensors> file = Safetensors::openFile(folderOf(step) / kOptimiser);
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
            fs::remove(folderOf(all[i]) / kOptimiser, ignored);
    }
}

}  // namespace taskfold::train
