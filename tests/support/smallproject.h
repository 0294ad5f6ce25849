#pragma once

#include "app/jobs/importdata.h"
#include "app/jobs/planning.h"
#include "tempproject.h"

#include <QDir>
#include <QFile>

namespace taskfold::test {

inline void writeFile(const QString& path, const QByteArray& bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("can't write %s", qPrintable(path));
}

/// Two small generated tasks in a project of its own: colours by their first word, and a copy of a word.
class SmallProject : public TempProject {
public:
    SmallProject()
    {
        const QString data = QString::fromStdString(project().folder.string()) + QStringLiteral("-data");
        const char* words[]{"red", "green", "blue"};
        for (const char* split : {"train", "validation", "test"}) {
            QByteArray colours, copies;
            const int count = qstrcmp(split, "train") == 0 ? 48 : 12;
            for (int i = 0; i < count; ++i) {
                const QByteArray word = words[i % 3];
                const QByteArray tail = QByteArray(split) + " " + QByteArray::number(i);
                colours += "{\"input\": \"" + word + " thing " + tail + "\", \"target\": \"" + word + "\"}\n";
                if (i < count / 2)
                    copies += "{\"input\": \"say " + word + " " + tail + "\", \"target\": \"I say " + word + "\"}\n";
            }
            writeFile(data + QStringLiteral("/colour/%1.jsonl").arg(QLatin1StringView(split)), colours);
            writeFile(data + QStringLiteral("/copy/%1.jsonl").arg(QLatin1StringView(split)), copies);
        }
        writeFile(data + QStringLiteral("/colour/task.json"),
            R"({"name": "colour", "type": "classification", "labels": ["red", "green", "blue"], "instruction": "which colour?", "margin": 0.05})");
        writeFile(data + QStringLiteral("/copy/task.json"),
            R"({"name": "copy", "type": "generation", "metric": "exact_match", "instruction": "repeat"})");
        if (!newProject(project()))
            qFatal("no project");
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = data.toStdString();
        request.sources.push_back(source);
        const auto imported = jobs::importData(project(), request, {});
        if (!imported || !imported->accepted)
            qFatal("nothing was imported: %s", imported ? "refused" : imported.error().detail.c_str());
    }

    /// A plan of a few seconds.
    Plan plan() const
    {
        Plan plan = *jobs::draftPlan(project(), "tiny");
        plan.name = "small";
        plan.tiny = {1, 32, 2, 1, 64, 64, 300};
        plan.context = 64;
        plan.batch = 8;
        plan.threads = 1;
        plan.epochsCap = 8;
        plan.epochsDefault = 3;
        plan.minEvaluationGap = 6;
        plan.evaluations = 4;
        plan.validationRows = 12;
        plan.maxNewTokens = 8;
        plan.rule = HighResourceRule::Absolute;
        plan.highResource = {"colour"};
        for (auto& [stage, rate] : plan.learningRate)
            rate = 1e-2;
        return plan;
    }
};

}  // namespace taskfold::test
