#include "app/cli/benchrows.h"

#include "engine/data/taskfile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

namespace taskfold::cli {

Result<TaskSample> sampleOf(const std::filesystem::path& folder, const std::string& file, std::size_t most)
{
    Result<Task> task = data::readTaskFile(folder / "task.json");
    if (!task)
        return std::move(task).error();
    TaskSample sample{*std::move(task), {}};
    sample.task.id = TaskId{1};
    std::ifstream in(folder / file, std::ios::binary);
    if (!in)
        return Error{ErrorCode::NotFound, "there is no file " + (folder / file).string()};
    std::vector<Row> all;
    for (std::string line; std::getline(in, line);) {
        const auto value = nlohmann::json::parse(line, nullptr, false);
        if (!value.is_object() || !value.contains("input") || !value.contains("target") || !value["input"].is_string()
            || !value["target"].is_string())
            return Error{ErrorCode::InvalidInput, "line " + std::to_string(all.size() + 1) + " of " + file + " has no input and target"};
        all.push_back({static_cast<std::int64_t>(all.size()) + 1, value["input"], value["target"], {}, {}});
    }
    const std::size_t step = std::max<std::size_t>(1, all.size() / std::max<std::size_t>(1, most));
    for (std::size_t i = 0; i < all.size() && sample.rows.size() < most; i += step)
        sample.rows.push_back(std::move(all[i]));
    return sample;
}

}  // namespace taskfold::cli
