#pragma once

#include "engine/report/block.h"
#include "engine/report/words.h"

#include <cstdio>
#include <initializer_list>
#include <string>

/// What the writers of blocks share.
namespace taskfold::report {

constexpr std::size_t kRowsShown = 5;  // examples of each task

inline std::string formatted(const char* form, double value)
{
    char text[64];
    std::snprintf(text, sizeof text, form, value);
    return text;
}

inline std::string shortHash(const std::string& hash)
{
    return hash.substr(0, 12);
}

inline std::string nameOf(const ReportData& data, TaskId task)
{
    const auto found = data.names.find(task);
    return found == data.names.end() ? "task " + std::to_string(task.value) : found->second;
}

inline std::string seedsOf(const ReportData& data)
{
    std::string text;
    if (data.plan)
        for (const std::uint64_t seed : data.plan->seeds)
            text += (text.empty() ? "" : ", ") + std::to_string(seed);
    return text.empty() ? "–" : text;
}

inline auto teller(const ReportData& data)
{
    return [language = data.language](std::string_view english, std::initializer_list<std::string> values = {}) {
        return said(language, english, values);
    };
}

void addData(const ReportData& data, std::vector<Block>& blocks);
void addFilter(const ReportData& data, std::vector<Block>& blocks);
void addPlan(const ReportData& data, std::vector<Block>& blocks);
void addRuns(const ReportData& data, std::vector<Block>& blocks);
void addRows(const ReportData& data, std::vector<Block>& blocks);

}  // namespace taskfold::report
