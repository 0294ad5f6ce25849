#include "app/jobs/check.h"
#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/rowlog.h"
#include "app/jobs/stage0check.h"
#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QTest>

#include <algorithm>

using namespace taskfold;
using test::curve;
using test::runOf;
using test::runsOf;
using test::train;

/// Training on plain text: what it learns, what it forgets, and what it must not see.
class Stage0Test : public QObject {
    Q_OBJECT

private slots:
    void stage0LowersThePerplexityOfItsText()
    {
        const test::SmallProject small;
        const char* things[]{"red thing", "blue thing", "green house", "old train", "small dog", "tall tree", "grey river"};
        const char* places[]{"home", "to the market", "down the hill", "to sea", "into the woods"};
        QByteArray text;
        for (int i = 0; i < 60; ++i)  // no two nearly the same, or an import keeps one of them
            text += "the " + QByteArray(things[i % 7]) + " and the " + things[i * 3 / 7 % 7] + " went " + places[i % 5] + " with the "
                + things[i * 5 / 4 % 7] + " and came " + places[i * 2 / 5 % 5] + " number " + QByteArray::number(i) + "\n\n";
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = small.text(text);
        source.corpus = true;
        request.sources.push_back(source);
        QVERIFY(jobs::importData(small.project(), request, {}));
        Plan plan = small.plan();
        plan.stages = {0};
        plan.baselines = true;
        plan.stage0Epochs = 6;
        QVERIFY(train(small.project(), plan));
        const Run stage0 = runOf(small.project(), RunKind::Stage0);
        const auto perplexity = curve(small.project(), stage0.id, "domain_perplexity");
        QCOMPARE(perplexity.size(), 2U);
        QVERIFY(perplexity[1] < 0.9 * perplexity[0]);
        QCOMPARE(runOf(small.project(), RunKind::Baseline).parent, stage0.id);
    }

    // General text of other letters than the domain's, hardly any of it played again: it is forgotten, and everybody is told.
    void whatStage0ForgotIsMeasuredSaidAndStaysWithTheComparison()
    {
        const test::SmallProject small;
        const auto write = [&](bool domain) {
            QByteArray text;
            for (int i = 0; i < 60; ++i) {
                text += domain ? "The aardvark number " : "ZEBRAS QUIZZED ";
                for (int k = 0; k < 12; ++k)
                    text += QByteArray::number(i * 7919 + k * 31 * (domain ? 1 : 17), domain ? 10 : 36).toUpper() + (domain ? " and a bad dada " : " JUMPY WIZARDS VEX ");
                text += "\n\n";
            }
            jobs::ImportRequest request;
            jobs::ImportSource source;
            source.path = small.text(text);
            source.task = domain ? "domain" : "general";
            source.corpus = true;
            source.domain = domain;
            request.sources.push_back(source);
            const auto imported = jobs::importData(small.project(), request, {});
            QVERIFY2(imported && imported->accepted, imported ? "" : imported.error().detail.c_str());
        };
        write(true);
        write(false);
        Plan plan = small.plan();
        plan.stages = {0, 3};
        plan.baselines = true;
        plan.stage0Epochs = 12;
        plan.replay = 0;
        QVERIFY(train(small.project(), plan));
        const Run stage0 = runOf(small.project(), RunKind::Stage0);
        const auto general = curve(small.project(), stage0.id, "general_perplexity");
        QCOMPARE(general.size(), 2U);
        QVERIFY(general[1] > 1.05 * general[0]);
        QVERIFY2(QString::fromStdString(stage0.note).contains(QStringLiteral("warning: general perplexity rose by ")), stage0.note.c_str());
        QVERIFY(jobs::evaluateAll(small.project(), Split::Test, {}));
        const auto comparison = jobs::compareRuns(small.project(), {}, {}, {});
        QVERIFY2(comparison, comparison ? "" : comparison.error().detail.c_str());
        const auto told = [](const std::string& caveat) { return caveat.find("general perplexity rose by") != std::string::npos; };
        QCOMPARE(std::count_if(comparison->warnings.begin(), comparison->warnings.end(), told), 1);
    }

    // The task comes after the text, which the import of the text couldn't know.
    void documentsThatHoldAnInputOfALaterTestAreLeftOutOfStage0()
    {
        const test::SmallProject small;
        const QByteArray secret = "where does the night train to the southern harbour leave today";
        QByteArray text;
        for (int i = 0; i < 40; ++i)
            text += (i == 7 ? "Somebody asked: " + secret + "? Nobody knew. " : QByteArray("A story about the ")) + QByteArray::number(i * 7919) + " ships of "
                + QByteArray::number(i * 131) + " and " + QByteArray::number(i * 977) + "\n\n";
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = small.text(text);
        source.corpus = true;
        request.sources.push_back(source);
        QVERIFY(jobs::importData(small.project(), request, {}));
        request.sources.front() = {};
        request.sources.front().path = small.text("{\"input\": \"" + secret + "\", \"target\": \"x\"}\n{\"input\": \"other\", \"target\": \"y\"}\n");
        request.sources.front().task = "later";
        request.sources.front().split = Split::Test;
        request.sources.front().read.format = data::FileFormat::JsonLines;
        const auto imported = jobs::importData(small.project(), request, {});
        QVERIFY(imported && imported->accepted);
        Plan plan = small.plan();
        plan.stages = {0};
        plan.kept = {"colour", "copy"};
        plan.baselines = true;
        plan.stage0Epochs = 1;
        const Result<void> done = train(small.project(), plan);
        QVERIFY2(done, done ? "" : done.error().detail.c_str());
        const Run stage0 = runOf(small.project(), RunKind::Stage0);
        QVERIFY2(QString::fromStdString(stage0.note).contains(QStringLiteral("1 document was left out")), stage0.note.c_str());
        const auto log = jobs::readRowLog(small.project().runs() / std::to_string(stage0.id.value));
        QVERIFY(log);
        std::size_t documents = 0;
        for (const auto& part : *log)
            documents += part.inputs.size();
        QVERIFY(documents >= 30 && documents < 40);
        const auto problems = jobs::checkProject(small.project(), {});
        QVERIFY(problems && problems->empty());
    }

    void aRiseOfGeneralPerplexityOfMoreThanAFewPercentIsAWarning()
    {
        compute::PretrainResult result;
        result.domainBefore = {12, 1.5, 1000};
        result.domainAfter = {9, 1.2, 1000};
        QCOMPARE(jobs::stage0Note(result, 0), std::string("domain perplexity 12.00 before, 9.00 after (1.500 and 1.200 bits a byte); without general text nobody knows what was forgotten"));
        result.generalBefore = {20, 1.8, 500};
        result.generalAfter = {20.9, 1.81, 500};
        QVERIFY(jobs::stage0Note(result, 0).find("warning") == std::string::npos);
        result.generalAfter.perplexity = 21.2;
        QVERIFY(jobs::stage0Note(result, 0).starts_with("warning: general perplexity rose by 6.0 %, more than the 5 % that are allowed; domain"));
        result.domainAfter.perplexity = 12.5;
        QVERIFY(jobs::stage0Note(result, 2).find("warning: domain perplexity did not fall") != std::string::npos);
        QVERIFY(jobs::stage0Note(result, 2).find("2 documents were left out") != std::string::npos);
        QCOMPARE(jobs::generalRiseWords(100, 104.9), std::string());
    }
};

QTEST_APPLESS_MAIN(Stage0Test)
#include "tst_stage0.moc"
