#pragma once

#include "engine/core/affinity.h"
#include "engine/core/comparison.h"
#include "engine/core/dataset.h"
#include "engine/core/overview.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace taskfold::report {

enum class Language { English, Chinese };
enum class Section { Summary, Tasks, Ledger, Data, Filter, Plan, Runs, Rows, Method };

std::string_view wordOf(Section section);
const std::vector<Section>& allSections();

struct NamedRun {
    Run run;
    std::string task;  // of a baseline
};

/// Everything that a report says, from the database. Writers only choose words and marks.
struct ReportData {
    std::string title;
    std::string created;
    std::string program;  // "Taskfold 0.1.0"
    std::string project;
    std::vector<Section> sections = allSections();
    Language language = Language::English;
    std::vector<TaskVolume> tasks;
    std::vector<std::pair<std::string, DatasetVersion>> versions;  // with the task's name
    std::vector<Corpus> corpora;
    std::map<TaskId, std::string> names;
    std::vector<Suggestion> suggestions;
    std::map<TaskId, Decision> decisions;
    std::vector<Decision> history;
    std::optional<Plan> plan;
    std::string planHash;
    std::vector<NamedRun> runs;  // those that the comparison rests on
    std::optional<Comparison> comparison;
    std::string suiteLine;
    Slopes slopes;  // the comparison's way over stages and ablations
    std::map<TaskId, std::vector<RowDifference>> rows;  // a few of each task
    std::vector<std::pair<std::string, std::string>> environment;  // what it ran on

    bool has(Section section) const;
};

}  // namespace taskfold::report
