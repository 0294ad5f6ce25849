#pragma once

#include "engine/data/intake.h"
#include "engine/data/reader.h"
#include "engine/data/sealedfile.h"

#include <QFile>
#include <QTemporaryDir>

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Whole imports of files that a test makes, without a project.
namespace taskfold::test {

using namespace taskfold::data;

struct Got {
    std::vector<Row> rows;
    std::vector<RowIssue> issues;
    ReadOptions used;
    std::map<Split, std::vector<Row>> splits;
    std::optional<Error> error;
    std::string hash;
};

struct How {
    TaskKind kind = TaskKind::Extraction;  // whose duplicates go and whose conflicts are voted on, without labels
    std::vector<std::string> labels;
    std::optional<Split> split = Split::Train;
    int threads = 2;
    std::size_t inMemory = 160 << 20;
};

inline std::vector<std::string> named(const DatasetVersion& version)
{
    std::vector<std::string> files;
    for (const SourceFile& source : version.sources)
        files.push_back(source.path);
    return files;
}

inline void collect(const std::string& folder, std::map<Split, ReadySplit>& ready, Got& got)
{
    for (auto& [split, one] : ready) {
        if (!one.rows->publish(rowsPath(folder, one.version.hash)))
            qFatal("no rows");
        got.splits[split] = *readRows(folder, one.version.hash);
        got.hash += one.version.hash;
        got.rows.insert(got.rows.end(), got.splits[split].begin(), got.splits[split].end());
        if (!one.issues)
            continue;
        if (!one.issues->publish(rowsPath(folder, one.version.issuesHash)))
            qFatal("no issues");
        const auto issues = *readIssues(folder, one.version.issuesHash, named(one.version), {{}, {}, 0, 1000000});
        got.issues.insert(got.issues.end(), issues.begin(), issues.end());
    }
}

inline Got readOpened(const std::vector<OpenFile>& files, const How& how = {})
{
    const QTemporaryDir folder;
    Got got;
    IntakeSettings settings;
    settings.folder = folder.filePath(QStringLiteral("rows")).toStdString();
    settings.threads = how.threads;
    settings.inMemory = how.inMemory;
    settings.labels = how.labels;
    settings.choosesLabels = !how.labels.empty();
    Intake intake(settings);
    for (const OpenFile& file : files) {
        got.used = file.used;
        const Result<void> read = intake.read(file, how.split, {}, {});
        if (!read) {
            got.error = read.error();
            return got;
        }
    }
    Intake::Finish finish;
    finish.kind = how.kind;
    finish.choosesLabels = !how.labels.empty();
    auto ready = intake.finish(finish, {});
    if (!ready)
        got.error = ready.error();
    else
        collect(settings.folder.string(), *ready, got);
    return got;
}

inline Got readFiles(const std::vector<std::pair<QString, QByteArray>>& files, const ReadOptions& options = {}, const How& how = {})
{
    const QTemporaryDir folder;
    std::vector<OpenFile> all;
    for (const auto& [name, bytes] : files) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("no file");
        file.close();
        Result<OpenFile> opened = openFile(file.fileName().toStdString(), options);
        if (!opened) {
            Got got;
            got.error = opened.error();
            return got;
        }
        all.push_back(*std::move(opened));
    }
    return readOpened(all, how);
}

inline Got readText(const QString& name, const QByteArray& bytes, const ReadOptions& options = {}, const How& how = {})
{
    return readFiles({{name, bytes}}, options, how);
}

}  // namespace taskfold::test
