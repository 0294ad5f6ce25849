#include "app/jobs/edits.h"

#include "app/jobs/importdata.h"
#include "db/taskrepository.h"

#include <cmath>
#include <cstdlib>

namespace taskfold::jobs {

namespace {

Result<double> numberOf(const std::string& field, const std::string& value)
{
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0' || !std::isfinite(number) || number < 0)
        return Error{ErrorCode::InvalidInput, field + " must be a number of at least 0, not “" + value + "”"};
    return number;
}

Result<void> set(Task& task, const std::string& field, const std::string& value)
{
    if (field == "owner")
        task.owner = value;
    else if (field == "instruction")
        task.instruction = value;
    else if (field == "suite")
        task.suite = value;
    else if (field == "metric") {
        const auto metric = metricKindOf(value);
        if (!metric)
            return Error{ErrorCode::InvalidInput, "the metric “" + value + "” isn't known"};
        task.metric = *metric;
    } else if (field == "margin" || field == "traffic" || field == "deployed_score") {
        const Result<double> number = numberOf(field, value);
        if (!number)
            return number.error();
        if (field == "margin")
            task.margin = *number;
        else if (field == "traffic")
            task.trafficShare = *number;
        else
            task.deployedScore = *number;
    } else {
        return Error{ErrorCode::InvalidInput,
            "“" + field + "” isn't a field: owner, margin, metric, instruction, traffic, suite or deployed_score"};
    }
    return {};
}

}  // namespace

Result<Task> editTask(const Project& project, const std::string& name, const std::vector<std::string>& assignments)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Result<Task> task = db::TaskRepository(**connection).byName(name);
    if (!task)
        return task;
    for (const std::string& assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        if (equals == std::string::npos)
            return Error{ErrorCode::InvalidInput, "“" + assignment + "”: expected field=value"};
        if (Result<void> done = set(*task, assignment.substr(0, equals), assignment.substr(equals + 1)); !done)
            return std::move(done).error();
    }
    if (const Result<TaskId> put = db::TaskRepository(**connection).put(*task); !put)
        return put.error();
    return task;
}

Result<void> putTask(const Project& project, const Task& task)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    if (const Result<TaskId> put = db::TaskRepository(**connection).put(task); !put)
        return put.error();
    return {};
}

Result<void> removeTask(const Project& project, const std::string& name, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    db::TaskRepository tasks(**connection);
    const Result<Task> task = tasks.byName(name);
    if (!task)
        return task.error();
    if (Result<void> removed = tasks.remove(task->id); !removed)
        return removed;
    return refreshMasks(project, context);
}

}  // namespace taskfold::jobs
