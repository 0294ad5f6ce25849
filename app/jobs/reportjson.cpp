#include "app/jobs/reporting.h"
#include "db/json.h"
#include "engine/report/block.h"

#include <nlohmann/json.hpp>

/// The report for programs: the comparison as it lies in the database, and every table as it is shown.
namespace taskfold::jobs {

namespace {

using nlohmann::json;

json tablesOf(const report::ReportData& data)
{
    json tables = json::array();
    for (const report::Block& block : report::blocksOf(data))
        if (const auto* table = std::get_if<report::TableBlock>(&block))
            tables.push_back({{"name", table->key}, {"head", table->head}, {"rows", table->rows}, {"caption", table->caption}});
    return tables;
}

json rowsOf(const report::ReportData& data)
{
    json all = json::array();
    for (const auto& [task, rows] : data.rows)
        for (const RowDifference& row : rows) {
            const auto name = data.names.find(task);
            all.push_back({{"task", name == data.names.end() ? "" : name->second}, {"line", row.line}, {"input", row.input},
                {"target", row.target}, {"single", row.single}, {"multi", row.multi}, {"single_score", row.singleScore},
                {"multi_score", row.multiScore}});
        }
    return all;
}

json runsOf(const report::ReportData& data)
{
    json runs = json::array();
    for (const report::NamedRun& named : data.runs) {
        const Run& run = named.run;
        runs.push_back({{"id", run.id.value}, {"stage", wordOf(run.kind)}, {"task", named.task}, {"seed", run.seed}, {"steps", run.steps},
            {"target_tokens", run.targetTokens}, {"seconds", run.seconds}, {"checkpoint_hash", run.checkpointHash}, {"device", run.device},
            {"note", run.note}});
    }
    return runs;
}

}  // namespace

std::string jsonReport(const report::ReportData& data)
{
    json out{{"title", data.title}, {"created", data.created}, {"program", data.program}, {"project", data.project},
        {"plan_hash", data.planHash}, {"line", data.suiteLine}, {"tables", tablesOf(data)}, {"rows", rowsOf(data)}, {"runs", runsOf(data)}};
    out["comparison"] = data.comparison ? json::parse(db::textOf(*data.comparison)) : json(nullptr);
    json environment = json::object();
    for (const auto& [key, value] : data.environment)
        environment[key] = value;
    out["environment"] = environment;
    return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace taskfold::jobs
