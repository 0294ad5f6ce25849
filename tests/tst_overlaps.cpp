#include "app/jobs/labelcounts.h"
#include "app/jobs/maskfinder.h"
#include "app/jobs/overlaps.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/core/random.h"
#include "engine/data/rowswriter.h"
#include "engine/data/sealedfile.h"
#include "engine/data/sharedinputs.h"
#include "support/codeof.h"
#include "support/peak.h"
#include "support/tempproject.h"

#include <QDir>
#include <QTest>

#include <map>
#include <set>

using namespace taskfold;
using namespace taskfold::jobs;

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

// What a split holds, and the same rows kept in the project.
void keep(const Project& project, const std::string& task, Split split, const std::function<std::pair<std::string, std::string>(int)>& row, int rows)
{
    const Result<db::Connection> connection = openProject(project);
    Task one;
    one.name = task;
    one.kind = TaskKind::Generation;
    const auto known = db::TaskRepository(**connection).byName(task);
    DatasetVersion version;
    version.task = known ? known->id : *db::TaskRepository(**connection).put(one);
    version.split = split;
    version.rowsIn = version.rowsKept = rows;
    data::RowsWriter writer(project.rows());
    for (int i = 0; i < rows; ++i) {
        auto [input, target] = row(i);
        if (!writer.add({2 * i + 1, std::move(input), std::move(target), {}, {}}))
            qFatal("a row can't be written");
    }
    Result<data::UnnamedRows> made = writer.finish();
    version.hash = made->hash;
    if (!made->file->publish(data::rowsPath(project.rows(), made->hash)) || !db::DatasetRepository(**connection).add(version))
        qFatal("the split can't be kept");
}

std::function<std::pair<std::string, std::string>(int)> from(const Texts& texts)
{
    return [&texts](int i) { return texts[static_cast<std::size_t>(i)]; };
}

Texts someTexts(Random& random, int rows, int kinds)
{
    Texts texts;
    for (int i = 0; i < rows; ++i)
        texts.emplace_back("text " + std::to_string(random.next() % static_cast<std::uint64_t>(kinds)), random.next() % 3 ? "yes" : "no");
    return texts;
}

// As somebody would who has all the memory in the world.
data::SharedInputs::Pairs sharedOf(const std::vector<Texts>& splits)
{
    data::SharedInputs::Pairs pairs;
    std::map<std::string, std::map<std::uint32_t, std::pair<std::int64_t, std::string>>> byInput;
    for (std::uint32_t s = 0; s < splits.size(); ++s)
        for (const auto& [input, target] : splits[s]) {
            auto& [rows, last] = byInput[input][s];
            ++rows;
            last = target;
        }
    for (const auto& [input, bySplit] : byInput)
        for (const auto& [one, rows] : bySplit)
            for (const auto& [other, others] : bySplit)
                if (one != other) {
                    pairs[{one, other}].rows += rows.first;
                    pairs[{one, other}].otherTarget += rows.second != others.second ? rows.first : 0;
                }
    return pairs;
}

}  // namespace

/// What is found between splits, of more rows than fit into memory.
class OverlapsTest : public QObject {
    Q_OBJECT

private slots:
    void sharedInputsAreCountedInRunsAsTheyAreAtOnce()
    {
        const test::TempProject temp;
        Random random{11};
        const std::vector<Texts> splits{someTexts(random, 20'000, 9'000), someTexts(random, 5'000, 9'000), someTexts(random, 3'000, 30'000), {{"nothing like it", "yes"}}};
        for (std::size_t s = 0; s < splits.size(); ++s)
            keep(temp.project(), "t" + std::to_string(s), Split::Train, from(splits[s]), static_cast<int>(splits[s].size()));
        const auto connection = openExisting(temp.project());
        const auto opened = openSplits(temp.project(), **connection);
        const data::SharedInputs::Pairs expected = sharedOf(splits);
        QCOMPARE(expected.size(), 6U);
        for (const std::size_t inMemory : {std::size_t{700}, std::size_t{1} << 20}) {
            data::SharedInputs inputs(temp.project().rows(), inMemory);
            for (std::uint32_t s = 0; s < opened->size(); ++s)
                QVERIFY(inputs.add(s, (*opened)[s].rows, {}));
            const auto pairs = inputs.count({});
            QVERIFY(pairs);
            QCOMPARE(pairs->size(), expected.size());
            for (const auto& [pair, shared] : expected) {
                QCOMPARE(pairs->at(pair).rows, shared.rows);
                QCOMPARE(pairs->at(pair).otherTarget, shared.otherTarget);
            }
        }
        const auto cells = overlapsOf(temp.project(), false, {});
        QCOMPARE(cells->size(), expected.size());
        for (const OverlapCell& cell : *cells) {
            const auto number = [](const std::string& task) { return static_cast<std::uint32_t>(task[1] - '0'); };
            QCOMPARE(cell.shared, expected.at({number(cell.task), number(cell.otherTask)}).rows);
        }
    }

    // Rows with an equal twin, a near twin among the held-out rows, and a near twin in their own split; some with all three.
    void masksAreFoundInRunsAsTheyAreAtOnce()
    {
        const test::TempProject temp;
        Random random{12};
        const auto sentence = [&] {
            std::string text;
            for (int i = 0; i < 12; ++i)
                text += "word" + std::to_string(random.next() % 5000) + " ";
            return text;
        };
        Texts held, train, other;
        for (int i = 0; i < 1'000; ++i)
            held.emplace_back(sentence(), "yes");
        for (int i = 0; i < 4'000; ++i) {
            const std::string& twin = held[random.next() % held.size()].first;
            switch (random.next() % 4) {
            case 0: train.emplace_back(twin, "yes"); break;
            case 1: train.emplace_back(twin + "too", "yes"); break;
            case 2: train.emplace_back(train.empty() ? sentence() : train[random.next() % train.size()].first + "again", "no"); break;
            default: train.emplace_back(sentence(), "no");
            }
            other.emplace_back(i % 3 == 0 ? twin : sentence(), "yes");
        }
        keep(temp.project(), "a", Split::Train, from(train), static_cast<int>(train.size()));
        keep(temp.project(), "b", Split::Train, from(other), static_cast<int>(other.size()));
        keep(temp.project(), "b", Split::Test, from(held), static_cast<int>(held.size()));
        const auto connection = openExisting(temp.project());
        const auto splits = openSplits(temp.project(), **connection);
        const JobContext context;
        std::vector<std::vector<db::Mask>> found;
        for (const std::size_t inMemory : {std::size_t{300}, std::size_t{1} << 20}) {
            MaskFinder finder(*splits, {true, true}, temp.project().rows(), context, inMemory);
            QVERIFY(finder.find());
            std::vector<db::Mask>& masks = found.emplace_back();
            for (const std::size_t split : {0U, 1U})
                for (auto mask = finder.next(split); mask && *mask; mask = finder.next(split))
                    masks.push_back(**mask);
        }
        QVERIFY(found[0] == found[1]);
        std::map<std::string, std::int64_t> places;
        for (std::size_t i = held.size(); i-- > 0;)
            places[held[i].first] = static_cast<std::int64_t>(2 * i + 1);
        const auto isEqual = [](const db::Mask& mask) { return mask.twin.find("like") == std::string::npos; };
        std::size_t at = 0, equal = 0;
        for (const Texts* texts : {&train, &other})
            for (std::size_t i = 0; i < texts->size(); ++i) {
                const auto twin = places.find((*texts)[i].first);
                const bool masked = at < found[0].size() && found[0][at].line == static_cast<std::int64_t>(2 * i + 1);
                QCOMPARE(masked && isEqual(found[0][at]), twin != places.end());
                if (twin != places.end())
                    QCOMPARE(found[0][at].twin, "b/test line " + std::to_string(twin->second));
                equal += twin != places.end() ? 1 : 0;
                at += masked ? 1 : 0;
            }
        QCOMPARE(at, found[0].size());  // none told twice, none out of order
        QVERIFY(equal > 1'500 && found[0].size() > equal + 1'000);
    }

    void masksComeBackByPagesAndAsASet()
    {
        const test::TempProject temp;
        const Texts train{{"a", "x"}, {"b", "x"}, {"c", "x"}, {"d", "x"}}, held{{"d", "x"}, {"b", "x"}, {"a", "y"}};
        keep(temp.project(), "t", Split::Train, from(train), 4);
        keep(temp.project(), "t", Split::Validation, from(held), 3);
        const auto connection = openExisting(temp.project());
        QVERIFY(refreshMasksIn(temp.project(), **connection, {}));
        const db::DatasetRepository datasets(**connection);
        const VersionId version = datasets.newest(db::TaskRepository(**connection).byName("t")->id)->at(Split::Train).id;
        QVERIFY(*datasets.masks(version, 0, 100) == (std::vector<db::Mask>{{1, "t/validation line 5"}, {3, "t/validation line 3"}, {7, "t/validation line 1"}}));
        QVERIFY(*datasets.masks(version, 1, 1) == (std::vector<db::Mask>{{3, "t/validation line 3"}}));
        const LineSet lines = *datasets.maskedLines(version);
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines.contains(1) && lines.contains(3) && !lines.contains(5) && lines.contains(7) && !lines.contains(-1));
    }

    void linesOfASetAreToldInOrderHoweverFarApart()
    {
        LineSet set;
        std::set<std::int64_t> expected;
        Random random{13};
        for (int i = 0; i < 20'000; ++i) {
            const auto line = static_cast<std::int64_t>(random.next() % (i % 2 ? 100'000 : std::uint64_t{1} << 50));
            set.add(line);
            expected.insert(line);
        }
        QCOMPARE(set.size(), static_cast<std::int64_t>(expected.size()));
        auto next = expected.begin();
        set.each([&](std::int64_t line) { QCOMPARE(line, *next++); });
        QVERIFY(next == expected.end());
    }

    void targetsThatAreNoLabelsAreToldApartWhileTheyAreFew()
    {
        LabelCounts one({"yes", "no", "never"}), other({"yes", "no", "never"});
        one.add("yes", 3);
        one.add("maybe");
        other.add("no");
        other.add("maybe", 2);
        one.add(other);
        QCOMPARE(one.all(), (std::map<std::string, std::int64_t>{{"maybe", 3}, {"no", 1}, {"yes", 3}}));
        for (int i = 0; i < 1'500; ++i) {
            one.add("a" + std::to_string(i));
            other.add("b" + std::to_string(i));
        }
        QCOMPARE(one.all().size(), 1'503U);
        one.add(other);
        one.add("maybe");
        one.add("yes");
        QCOMPARE(one.all(), (std::map<std::string, std::int64_t>{{"no", 2}, {"yes", 4}, {std::string(LabelCounts::kOthers), 1'500 + 1'500 + 3 + 2 + 1}}));
    }

    // Every row of a training split of a million and a half leaks: held whole they would take some 300 MiB.
    void aMillionAndAHalfOfLeaksTakeLittleMemory()
    {
        const test::TempProject temp;
        constexpr int kRows = 1'500'000;
        for (const Split split : {Split::Train, Split::Test})
            keep(temp.project(), "t", split, [](int i) { return std::pair("input number " + std::to_string(i * 7919LL % kRows), std::string("x")); }, kRows);
        const auto connection = openExisting(temp.project());
        std::int64_t shared = 0;
        const double overlaps = test::peakOf([&] {
            const auto cells = overlapsOf(temp.project(), false, {});
            shared = cells && !cells->empty() ? cells->front().shared : 0;
        });
        QCOMPARE(shared, kRows);
        const double masks = test::peakOf([&] { QVERIFY(refreshMasksIn(temp.project(), **connection, {})); });
        const db::DatasetRepository datasets(**connection);
        const VersionId version = datasets.newest(db::TaskRepository(**connection).byName("t")->id)->at(Split::Train).id;
        QCOMPARE(*datasets.maskCount(version), kRows);
        std::int64_t lines = 0;
        const double read = test::peakOf([&] { lines = datasets.maskedLines(version)->size(); });
        QCOMPARE(lines, kRows);
        if (overlaps < 0 || masks < 0 || read < 0)
            QSKIP("the system doesn't let a process measure its peak anew");
        qInfo("%.0f MiB for the overlap, %.0f for the masks, %.0f for reading them", overlaps, masks, read);
        QVERIFY2(overlaps < 130, qPrintable(QString::number(overlaps)));
        QVERIFY2(masks < 160, qPrintable(QString::number(masks)));
        QVERIFY2(read < 16, qPrintable(QString::number(read)));
    }
};

QTEST_APPLESS_MAIN(OverlapsTest)
#include "tst_overlaps.moc"
