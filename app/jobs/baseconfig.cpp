#include "app/jobs/baseconfig.h"

#include "db/baserepository.h"

#include <algorithm>

namespace taskfold::jobs {

std::optional<PlannedBase> plannedBase(const Project& project, SQLite::Database& database, const Plan& plan)
{
    if (plan.base != "tiny") {
        const Result<BaseModel> base = db::BaseRepository(database).byName(plan.base);
        if (!base)
            return std::nullopt;
        const std::filesystem::path folder = project.resolved(base->path);
        Result<ModelConfig> read = readModelConfig(folder);
        if (!read)
            return std::nullopt;
        return PlannedBase{*std::move(read), folder};
    }
    ModelConfig config;
    config.hidden = plan.tiny.hidden;
    config.layers = plan.tiny.layers;
    config.heads = std::max(1, plan.tiny.heads);
    config.keyValueHeads = plan.tiny.keyValueHeads;
    config.headSize = config.hidden / config.heads;
    config.feedForward = plan.tiny.feedForward;
    config.vocabulary = plan.tiny.vocabulary;
    config.context = plan.tiny.context;
    config.tiedHead = true;
    return PlannedBase{std::move(config), {}};
}

double adapterParameters(const ModelConfig& config, int rank, const std::vector<std::string>& targets)
{
    const auto targeted = [&](const std::string& name) {
        return targets.empty()
            || std::any_of(targets.begin(), targets.end(), [&](const std::string& one) { return name.find("." + one + ".") != std::string::npos; });
    };
    double sum = 0;
    for (const NamedShape& tensor : tensorsOf(config))
        if (tensor.shape.size() == 2 && tensor.name.find("_proj.") != std::string::npos && targeted(tensor.name))
            sum += static_cast<double>(rank) * static_cast<double>(tensor.shape[0] + tensor.shape[1]);
    return sum;
}

}  // namespace taskfold::jobs
