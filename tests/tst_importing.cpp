#include "app/jobs/check.h"
#include "app/jobs/importdata.h"
#include "app/jobs/leakmasks.h"
#include "app/jobs/mappingfile.h"
#include "app/jobs/overlaps.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/volumes.h"
#include "db/datasetrepository.h"
#include "engine/core/random.h"
#include "engine/data/rowstore.h"
#include "tests/support/codeof.h"
#include "tests/support/tempproject.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <zlib.h>

#include <thread>

using namespace Qt::StringLiterals;
using namespace taskfold;
using namespace taskfold::jobs;

/// Imports into a real project: forms of files, versions, masks, exports, and what is left over.
class ImportingTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_project = {std::filesystem::path(m_folder->path().toStdString()) / "project"};
        QVERIFY(newProject(m_project));
    }

    void filesOfOneTaskMakeOneVersionInAnyOrder()
    {
        const auto a = write(u"a.jsonl"_s, rows(1, 40)), b = write(u"b.jsonl"_s, rows(30, 80));
        const ImportOutcome one = import({a, b}), other = import({b, a});
        QCOMPARE(one.versions.size(), other.versions.size());
        for (std::size_t i = 0; i < one.versions.size(); ++i)
            QCOMPARE(one.versions[i].version.hash, other.versions[i].version.hash);
        std::int64_t kept = 0;
        for (const ImportedSplit& split : one.versions)
            kept += split.version.rowsKept;
        QCOMPARE(kept, 80);
    }

    void aReimportTellsTheDifference()
    {
        import({write(u"train.jsonl"_s, rows(1, 40))}, Split::Train);
        const ImportOutcome again = import({write(u"train.jsonl"_s, rows(3, 45))}, Split::Train);
        QVERIFY(again.versions.at(0).difference);
        QCOMPARE(again.versions.at(0).difference->added, 5);
        QCOMPARE(again.versions.at(0).difference->removed, 2);
        QCOMPARE(again.versions.at(0).difference->same, 38);
    }

    void anExportComesInAsTheSameRows_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("jsonl") << u"out.jsonl"_s;
        QTest::newRow("parquet") << u"out.parquet"_s;
    }

    void anExportComesInAsTheSameRows()
    {
        QFETCH(QString, name);
        const QByteArray odd = "{\"input\": \"qu\\\"ote \\\\ \\u0000x\\tt\\n caf\xC3\xA9 \xE4\xB8\xAD\", \"target\": \"yes\", \"references\": [\"r1\", \"r2\"], \"group\": \"g\"}\n";
        const ImportOutcome before = import({write(u"train.jsonl"_s, odd + rows(1, 50))}, Split::Train);
        const QString out = m_folder->filePath(name);
        QCOMPARE(*exportTaskRows(m_project, "t", Split::Train, out.toStdString(), {}), 51);
        const ImportOutcome after = import({out.toStdString()}, Split::Train);
        QCOMPARE(after.versions.at(0).version.hash, before.versions.at(0).version.hash);
    }

    void packedFilesAndFoldersOfLabelsAreRead()
    {
        const QByteArray plain = rows(1, 30);
        const std::string gz = m_folder->filePath(u"train.jsonl.gz"_s).toStdString();
        gzFile packed = ::gzopen(gz.c_str(), "wb");
        QCOMPARE(::gzwrite(packed, plain.data(), unsigned(plain.size())), int(plain.size()));
        ::gzclose(packed);
        const ImportOutcome one = import({write(u"train.jsonl"_s, plain)}, Split::Train);
        QCOMPARE(import({gz}, Split::Train).versions.at(0).version.hash, one.versions.at(0).version.hash);
        for (const QString& label : {u"good"_s, u"bad"_s})
            for (int i = 0; i < 10; ++i)
                write(u"reviews/train/%1/%2.txt"_s.arg(label).arg(i), label.toUtf8() + " number " + QByteArray::number(i));
        ImportRequest request;
        request.sources.push_back({m_folder->filePath(u"reviews"_s).toStdString(), {}, {}, {}, false, true});
        const auto folder = importData(m_project, request, {});
        QVERIFY(folder);
        QCOMPARE(folder->versions.at(0).task, std::string("reviews"));
        QCOMPARE(folder->versions.at(0).version.rowsKept, 20);
    }

    void aTaskNamedLikeASplitIsATask()
    {
        for (const QString& task : {u"train_intent"_s, u"stay"_s})
            for (const QString& split : {u"train"_s, u"test"_s})
                write(u"suite/%1/%2.jsonl"_s.arg(task, split), rows(split == u"train" ? 1 : 100, 8));
        ImportRequest request;
        request.sources.push_back({m_folder->filePath(u"suite"_s).toStdString(), {}, {}, {}, false, true});
        const auto imported = importData(m_project, request, {});
        QVERIFY(imported);
        QCOMPARE(imported->versions.size(), 6U);  // two tasks; their validation rows are taken from the training's
        for (const auto& version : imported->versions)
            QVERIFY(version.task == "train_intent" || version.task == "stay");
    }

    void aBombAndACutPackedFileAreRefused()
    {
        const std::string gz = m_folder->filePath(u"bomb.jsonl.gz"_s).toStdString();
        gzFile packed = ::gzopen(gz.c_str(), "wb9");
        const QByteArray zeros(1 << 20, ' ');
        for (int i = 0; i < 300; ++i)
            QCOMPARE(::gzwrite(packed, zeros.data(), unsigned(zeros.size())), int(zeros.size()));
        ::gzclose(packed);
        ImportRequest request;
        request.sources.push_back({gz, "t", Split::Train, {}, false, true});
        const auto bomb = importData(m_project, request, {});
        QVERIFY(!bomb);
        QCOMPARE(bomb.error().code, ErrorCode::InvalidInput);
        QFile cut(QString::fromStdString(gz));
        QVERIFY(cut.resize(2000));
        QVERIFY(!importData(m_project, request, {}));
        QCOMPARE(left(), 0);
    }

    void labelsAreMappedAndTheMappingIsUsedAgain()
    {
        ImportRequest request;
        ImportSource source{write(u"train.csv"_s, "sentence;mark\nfine words here;1\nbad words here;0\nother words;1\nmore words;0\nnew words;1\nlast words;0\n"), "t", Split::Train, {}, false, true};
        source.read.columns = {{"input", "sentence"}, {"target", "words(mark, 0=negative, 1=positive)"}};
        source.labels = {{"negative", "no"}};
        request.sources.push_back(source);
        const auto first = importData(m_project, request, {});
        QVERIFY(first);
        const auto text = mappingOfTask(m_project, "t");
        QVERIFY(text);
        ImportSource again{source.path, "t", Split::Train, {}, false, true};
        QVERIFY(useMapping(*text, again));
        QVERIFY((again.read.columns == source.read.columns));
        QVERIFY((again.labels == source.labels));
        request.sources = {again};
        QCOMPARE(importData(m_project, request, {})->versions.at(0).version.hash, first->versions.at(0).version.hash);
        const auto given = viewRows(m_project, {"t", Split::Train, "bad", {}, 0, 10}, {});
        QCOMPARE(given->rows.at(0).row.target, std::string("no"));
        const RowsWanted last{"t", Split::Train, {}, {}, 0, 2, {RowsOrder::By::Input, true}};
        QCOMPARE(viewRows(m_project, last, {})->rows.at(0).row.input, std::string("other words"));
        QCOMPARE(viewRows(m_project, {"t", Split::Train, "WORDS", {}, 5, 10, {RowsOrder::By::Input, false}}, {})->rows.at(0).row.input, std::string("other words"));
    }

    void aMappingIsSavedBeforeTheImportAndLabelsAreCounted()
    {
        ImportSource source{write(u"train.csv"_s, "sentence;mark\none;Yes\ntwo;yes\nthree;no\nfour;Yes\n"), "t", Split::Train, {}, false, true};
        source.read.columns = {{"input", "{sentence}!"}, {"target", "mark"}};
        source.labels = {{"yes", "Yes"}};
        const std::string to = m_folder->filePath(u"mapping.json"_s).toStdString();
        QVERIFY(saveMapping(source, {}, to));
        ImportSource again{source.path, "t", Split::Train, {}, false, true};
        QVERIFY(useMappingFile(to, again));
        QVERIFY((again.read.columns == source.read.columns));
        QCOMPARE(again.read.delimiter, std::string(";"));
        QVERIFY((again.labels == source.labels));
        const auto labels = labelsOf(m_project, source, {}, {});
        QVERIFY(labels);
        QCOMPARE(labels->counts.size(), 3U);
        QCOMPARE(labels->counts.at(0), (std::pair<std::string, std::int64_t>("Yes", 2)));
        QCOMPARE(left(), 0);
    }

    void thePreviewSaysWhatTheRowsLookLikeAndWhy()
    {
        const auto kindOf = [&](const QByteArray& text) {
            const ImportSource source{write(u"looks.jsonl"_s, text), "t", {}, {}, false, true};
            const auto preview = previewImport(source, {}, {});
            if (!preview || preview->rows.size() > 50)
                return std::string("no preview");
            for (const data::Guess& guess : preview->guesses)
                if (guess.what == "kind")
                    return guess.value + ": " + guess.why;
            return std::string();
        };
        QCOMPARE(kindOf(rows(1, 600)), std::string("classification: the first 600 rows have 2 different targets"));
        QByteArray texts;
        for (int i = 0; i < 80; ++i)
            texts += "{\"input\": \"question " + QByteArray::number(i) + "\", \"target\": \"answer " + QByteArray::number(i) + "\"}\n";
        QCOMPARE(kindOf(texts), std::string("generation: the first 80 rows have 80 different targets"));
    }

    void storedRowsLackMaskedOnesAndAreTheSameFewEveryTime()
    {
        import({write(u"train.jsonl"_s, rows(1, 400))}, Split::Train);
        import({write(u"test.jsonl"_s, rows(7, 9) + rows(300, 301))}, Split::Test, "other");
        const auto connection = openExisting(m_project);
        const auto tasks = versionsOf(**connection);
        for (const TaskVersions& task : *tasks) {
            if (task.task.name != "t")
                continue;
            const DatasetVersion& version = task.splits.at(Split::Train);
            std::vector<Row> expected = *data::readRows(m_project.rows(), version.hash);
            const std::size_t before = expected.size();
            const Result<LineSet> masks = db::DatasetRepository(**connection).maskedLines(version.id);
            std::erase_if(expected, [&](const Row& row) { return masks->contains(row.line); });
            QCOMPARE(expected.size() + static_cast<std::size_t>(task.masked), before);
            QVERIFY(task.masked > 0);
            QVERIFY(storedRows(m_project, **connection, version)->all() == expected);
            Random random{20260101};
            random.shuffle(expected);
            expected.resize(50);
            std::sort(expected.begin(), expected.end(), [](const Row& a, const Row& b) { return a.line < b.line; });
            const Result<Rows> few = storedRows(m_project, **connection, version, 50);
            QVERIFY(few->all() == expected);
            QCOMPARE(few->lengths(17).input, expected[17].input.size());
            QCOMPARE(few->lengths(17).target, expected[17].target.size());
            QVERIFY(*rowsOf(m_project, **connection, version, 50) == expected);
            return;
        }
        QFAIL("no task");
    }

    void nearLeaksAreMaskedWhenAskedAndWithTheirTwin()
    {
        import({write(u"train.jsonl"_s, "{\"input\": \"please book me a flight to the city of rome\", \"target\": \"yes\"}\n"
                    "{\"input\": \"quite another thing\", \"target\": \"no\"}\n" + rows(1, 20))}, Split::Train);
        import({write(u"test.jsonl"_s, "{\"input\": \"Please book me a flight to the city of rome!\", \"target\": \"yes\"}\n{\"input\": \"quite another thing\", \"target\": \"no\"}\n")}, Split::Test, "other");
        QCOMPARE(masked(), 1);
        QVERIFY(setMaskRules(m_project, {true, false}, {}));
        QCOMPARE(masked(), 2);
        const auto issues = issuesOf(m_project, "t", {Split::Train, Reason::Leak, 0, 10});
        QVERIFY(issues->at(0).detail.find("like other/test line 1") != std::string::npos);
        QCOMPARE(issues->at(1).detail, std::string("also other/test line 2"));
        QVERIFY(setMaskRules(m_project, {}, {}));
        QCOMPARE(masked(), 1);
        const auto cells = overlapsOf(m_project, true, {});
        QVERIFY(cells);
        QCOMPARE(cells->size(), 2U);
        QCOMPARE(cells->at(0).shared, 1);
        QCOMPARE(cells->at(0).near, 2);  // the equal one included
    }

    void whatIsRefusedOrStoppedLeavesNothing()
    {
        ImportRequest request;
        request.badRows = BadRows::Stop;
        request.sources.push_back({write(u"train.jsonl"_s, rows(1, 20) + "broken\n"), "t", Split::Train, {}, false, true});
        const auto refused = importData(m_project, request, {});
        QVERIFY(refused && !refused->accepted);
        QCOMPARE(refused->refusedTotal, 1);
        QCOMPARE(left(), 0);
        std::stop_source stop;
        request.badRows = BadRows::Quarantine;
        request.sources[0].path = write(u"big.jsonl"_s, rows(1, 60000));
        const auto stopped = importData(m_project, request, {stop.get_token(), [&](const Progress& progress) {
                                                                 if (progress.phase.starts_with("reading") && progress.done > 0)
                                                                     stop.request_stop();
                                                             }});
        QCOMPARE(test::codeOf(stopped), std::optional(ErrorCode::Cancelled));
        QCOMPARE(left(), 0);
    }

    void aFileNobodyKnowsIsSweptButNotDuringAnImport()
    {
        import({write(u"train.jsonl"_s, rows(1, 20))}, Split::Train);
        const int before = left();
        QFile stray(QString::fromStdString((m_project.rows() / (std::string(64, 'a') + ".arrow")).string()));
        QVERIFY(stray.open(QIODevice::WriteOnly));
        stray.close();
        QVERIFY(openExisting(m_project));
        QCOMPARE(left(), before);
        const auto problems = checkProject(m_project, {});
        QVERIFY(problems && problems->empty());
    }

    void issuesAreExportedSafely()
    {
        import({write(u"train.jsonl"_s, rows(1, 20) + "=cmd()\n{\"input\": \"\", \"target\": \"x\"}\n")}, Split::Train);
        const QString out = m_folder->filePath(u"issues.csv"_s);
        QCOMPARE(*exportIssues(m_project, "t", out.toStdString()), 2);
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("\"'=cmd()\""));
    }

    void aCorpusLosesPoorRepeatedAndLeakedDocuments()
    {
        import({write(u"test.jsonl"_s, "{\"input\": \"the secret sentence that nobody may train on\", \"target\": \"yes\"}\n")}, Split::Test);
        QByteArray text;
        for (int i = 0; i < 30; ++i)
            text += "A document about travel number " + QByteArray::number(i * 7919) + " with " + QByteArray::number(i * 31) + " different words.\n\n";
        text += "1234 !!!\n\n5678 ???\n\nHe said the secret sentence that nobody may train on and left.\n\n";
        text += "A document about travel number 0 with 0 different words.\n\n";
        ImportRequest request;
        request.sources.push_back({write(u"corpus.txt"_s, text), "c", {}, {}, true, true});
        const auto done = importData(m_project, request, {});
        QVERIFY(done);
        const Corpus& corpus = done->corpora.at(0);
        QCOMPARE(corpus.issues.at(Reason::Quality), 2);
        QCOMPARE(corpus.issues.at(Reason::Leak), 1);
        QCOMPARE(corpus.issues.at(Reason::Duplicate), 1);
        QVERIFY(corpus.heldOut >= 1);
        std::int64_t gone = 0;
        for (const auto& [reason, count] : corpus.issues)
            gone += count;
        QCOMPARE(corpus.documentsIn, 34);
        QCOMPARE(corpus.documentsKept + corpus.heldOut, corpus.documentsIn - gone);
        const auto volumes = corpusVolumesOf(m_project, "", {});
        QVERIFY(volumes && volumes->size() == 1U);
        const TaskVolume& shown = volumes->front();
        QCOMPARE(shown.splits.at(Split::Train).kept, corpus.documentsKept);
        QCOMPARE(shown.splits.at(Split::Validation).kept, corpus.heldOut);
        QVERIFY(shown.lengths.smallest > 30);
        const CorpusId id{-shown.task.id.value};
        const auto issues = corpusIssuesOf(m_project, id, {});
        QVERIFY(issues && issues->size() == 4U);
        QVERIFY(std::any_of(issues->begin(), issues->end(), [](const RowIssue& one) { return one.reason == Reason::Leak && one.detail.find("t/test line 1") != std::string::npos; }));
        RowsWanted wanted;
        wanted.words = "229651";
        const auto found = viewDocuments(m_project, id, wanted, {});
        wanted.split = Split::Validation;
        const auto held = viewDocuments(m_project, id, wanted, {});
        QVERIFY(found && held);
        QCOMPARE(found->total + held->total, 1);
        QCOMPARE(*exportCorpusIssues(m_project, id, m_folder->filePath(u"issues.csv"_s).toStdString()), 4);
        QCOMPARE(*exportDocuments(m_project, id, Split::Train, m_folder->filePath(u"documents.jsonl"_s).toStdString(), {}), corpus.documentsKept);
        const auto checked = checkProject(m_project, {});
        QVERIFY(checked && checked->empty());
    }

private:
    std::string write(const QString& name, const QByteArray& bytes)
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("no file");
        return path.toStdString();
    }

    static QByteArray rows(int from, int to)
    {
        QByteArray bytes;
        for (int i = from; i <= to; ++i)
            bytes += "{\"input\": \"sentence number " + QByteArray::number(i) + "\", \"target\": \"" + (i % 2 ? "yes" : "no") + "\"}\n";
        return bytes;
    }

    ImportOutcome import(const std::vector<std::string>& files, std::optional<Split> split = {}, const std::string& task = "t")
    {
        ImportRequest request;
        for (const std::string& file : files)
            request.sources.push_back({file, task, split, {}, false, true});
        auto done = importData(m_project, request, {});
        if (!done || !done->accepted)
            qFatal("not imported: %s", done ? "refused" : done.error().detail.c_str());
        return *std::move(done);
    }

    std::int64_t masked() const
    {
        const auto connection = openExisting(m_project);
        const auto tasks = versionsOf(**connection);
        for (const TaskVersions& task : *tasks)
            if (task.task.name == "t")
                return task.masked;
        return -1;
    }

    int left() const { return int(QDir(QString::fromStdString(m_project.rows().string())).entryList(QDir::Files | QDir::Hidden).size()); }

    std::unique_ptr<QTemporaryDir> m_folder;
    Project m_project;
};

QTEST_GUILESS_MAIN(ImportingTest)
#include "tst_importing.moc"
