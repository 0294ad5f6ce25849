#pragma once

#include "engine/report/reportdata.h"

#include <string>
#include <vector>

/// Texts that want to be more than text, and reports that hold them everywhere.
namespace taskfold::test {

using namespace taskfold::report;

inline std::vector<std::string> hostile()
{
    std::vector<std::string> texts{"<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>",
        "'><style>*{display:none}</style>", "javascript:alert(1)", "[a](javascript:alert(1))", "![x](http://evil/x.png)", "</td></tr></table>", "<!--", "-->",
        "<![CDATA[", "]]>", "&lt;script&gt;", "&#60;script&#62;", "<a href=\"//evil\">", "<iframe src=//evil>", "<base href=//evil>", "<meta http-equiv=refresh>",
        "=1+1", "=cmd|'/C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "|cmd", "%00", "\"=1+1\"", ";=1+1", ",=1+1", "a\",\"=1",
        "\\input{/etc/passwd}", "\\write18{rm -rf /}", "\\end{longtable}", "$x^2$", "100% _under_ #1 & {brace} ~ ^", "\\", "\\\\", "[x]", "*", "`ls`", "<<", "--",
        "| cell | border |", "# heading", "**bold**", "```", "> quote", "1. list", "http://example.org", "a\nb", "a\r\nb", "",
        std::string("nul\0byte", 8), "\x01\x02\x1b[31mred", "\x7f", "\xff\xfe broken", "\xc3", "\xed\xa0\x80 surrogate", "\xf5\x80\x80\x80", "\u202Eright to left", "\u2066isolate",
        "\uFEFFmark", "\uFFFE", "\u0085next line", "\u05E9\u05DC\u05D5\u05DD", "\u0645\u0631\u062D\u0628\u0627 123", "\u4E2D\u6587\u4EFB\u52A1\u540D\u79F0", "\U0001F469\u200D\U0001F4BB", std::string(5000, 'x')};
    return texts;
}

inline TaskComparison taskOf(const std::string& name, std::int64_t id)
{
    TaskComparison task;
    task.task = TaskId{id};
    task.name = name;
    task.single = 0.8;
    task.multi = 0.79;
    task.difference = -0.01;
    task.low = -0.02;
    task.high = 0.005;
    task.margin = 0.01;
    task.verdict = Verdict::Undecided;
    task.n = 500;
    task.rowsNeeded = 12345;
    task.note = name;
    task.calibrationMulti.bins.assign(10, {0.5, 0.4, 3});
    return task;
}

inline ReportData dataOf(const std::vector<std::string>& names)
{
    ReportData data;
    data.title = names.empty() ? "t" : names.front();
    data.project = data.title;
    data.created = "2026-01-01T00:00:00Z";
    data.program = "Taskfold test";
    Comparison comparison;
    std::int64_t id = 0;
    for (const std::string& name : names) {
        ++id;
        data.names[TaskId{id}] = name;
        comparison.tasks.push_back(taskOf(name, id));
        comparison.tasks.back().perSeed.push_back({1, RunId{1}, RunId{2}, 0.8, 0.79});
        data.rows[TaskId{id}] = {{id, name, name, name, name, 0, 1}};
        comparison.warnings.push_back(name);
        TaskVolume volume;
        volume.task.name = name;
        volume.splits[Split::Train].kept = 100 * id;
        data.tasks.push_back(volume);
        Decision decision;
        decision.task = TaskId{id};
        decision.reason = decision.by = name;
        data.history.push_back(decision);
        comparison.ledger.lines.push_back({name, 10, 1, name, name});
        Suggestion suggestion;
        suggestion.task = TaskId{id};
        suggestion.reason = name;
        data.suggestions.push_back(suggestion);
        DatasetVersion version;
        version.rowsIn = version.rowsKept = id;
        version.hash = "0123456789abcdef";
        version.created = "2026-01-01T00:00:00Z";
        data.versions.emplace_back(name, version);
    }
    comparison.suite.tasks = static_cast<int>(names.size());
    data.suiteLine = "Undecided.";
    data.comparison = comparison;
    return data;
}

}  // namespace taskfold::test
