#include "engine/data/blocks.h"
#include "engine/data/csv.h"
#include "engine/data/csvmarks.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace taskfold::data;

namespace {

struct Plainly {
    std::vector<std::string> cells;
    std::vector<bool> doubled;
    CsvState state = CsvState::Whole;
    std::size_t next = 0;  // where the next record begins
};

bool isEnd(char c, char delimiter)
{
    return c == delimiter || c == '\n';
}

std::size_t endFrom(const std::string& text, std::size_t at, char delimiter)
{
    while (at < text.size() && !isEnd(text[at], delimiter))
        ++at;
    return at;
}

// What RFC 4180 and the scanner's words say, byte by byte.
Plainly plainly(const std::string& text, std::size_t start, const CsvShape& shape)
{
    Plainly one;
    for (std::size_t at = start;;) {
        std::string cell;
        bool doubled = false;
        if (shape.quotes && at < text.size() && text[at] == '"') {
            std::size_t i = at + 1;
            for (;; ++i) {
                if (i >= text.size())
                    one.state = CsvState::CutInQuotes;
                else if (text[i] != '"')
                    continue;
                else if (i + 1 < text.size() && text[i + 1] == '"') {
                    doubled = true;
                    ++i;
                    continue;
                } else if (i + 1 < text.size() && !isEnd(text[i + 1], shape.delimiter) && text[i + 1] != '\r')
                    one.state = CsvState::OpenQuote;
                break;
            }
            if (one.state != CsvState::Whole) {
                const std::size_t end = text.find('\n', start);
                one.next = end == std::string::npos ? text.size() : end + 1;
                return one;
            }
            cell = text.substr(at + 1, i - at - 1);
            at = endFrom(text, i + 1, shape.delimiter);
        } else {
            const std::size_t end = endFrom(text, at, shape.delimiter);
            cell = text.substr(at, end - at);
            at = end;
        }
        const bool more = at < text.size() && text[at] == shape.delimiter;
        if (!more && cell.ends_with('\r') && !doubled)
            cell.pop_back();
        one.cells.push_back(cell);
        one.doubled.push_back(doubled);
        if (!more) {
            one.state = at < text.size() ? CsvState::Whole : CsvState::Cut;
            one.next = std::min(at + 1, text.size());
            return one;
        }
        ++at;
    }
}

bool isPlain(const std::string& text)
{
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7F; });
}

// Records of cells of any length; as many quotes as there should be, or more.
std::string someText(std::mt19937& random, bool wild)
{
    const auto below = [&](unsigned most) { return static_cast<unsigned>(random() % most); };
    std::string text;
    for (unsigned left = below(40); left > 0; --left) {
        const bool quoted = below(4) == 0;
        std::string cell(below(8) == 0 ? below(150) : below(12), static_cast<char>('a' + below(26)));
        if (below(6) == 0)
            cell.insert(below(static_cast<unsigned>(cell.size()) + 1), below(2) ? "\xC3\xA9" : "\t");
        if (quoted && below(3) == 0)
            cell.insert(below(static_cast<unsigned>(cell.size()) + 1), below(2) ? "\"\"" : below(2) ? "\n" : ",");
        if (wild && below(12) == 0)
            cell.insert(below(static_cast<unsigned>(cell.size()) + 1), "\"");
        text += quoted ? '"' + cell + '"' : cell;
        text += below(3) ? "," : below(5) ? "\n" : "\r\n";
    }
    return text;
}

}  // namespace

/// The scanner, which looks at many bytes at once, beside one that goes byte by byte.
class CsvScannerTest : public QObject {
    Q_OBJECT

private slots:
    void cellsAreThoseThatAreFoundByteByByte_data()
    {
        QTest::addColumn<bool>("wild");
        QTest::addColumn<bool>("quotes");
        QTest::newRow("as it should be") << false << true;
        QTest::newRow("with stray quotes") << true << true;
        QTest::newRow("quotes as letters") << true << false;
    }

    void cellsAreThoseThatAreFoundByteByByte()
    {
        QFETCH(bool, wild);
        QFETCH(bool, quotes);
        std::mt19937 random(7);
        std::size_t plain = 0, known = 0;
        for (int round = 0; round < 20'000; ++round) {
            const std::string text = someText(random, wild);
            const CsvShape shape{',', quotes};
            CsvScanner scanner(text, shape), skipping(text, shape);
            std::vector<CsvCell> cells;
            while (!scanner.atEnd()) {
                const Plainly expected = plainly(text, scanner.at(), shape);
                const CsvState state = scanner.next(cells);
                QVERIFY(state == expected.state && skipping.skip() == state);
                QCOMPARE(scanner.at(), expected.next);
                QCOMPARE(skipping.at(), expected.next);
                if (state == CsvState::OpenQuote || state == CsvState::CutInQuotes)
                    continue;
                QCOMPARE(cells.size(), expected.cells.size());
                for (std::size_t i = 0; i < cells.size(); ++i) {
                    QCOMPARE(std::string(cells[i].text), expected.cells[i]);
                    QCOMPARE(cells[i].doubled, expected.doubled[i]);
                    QVERIFY(!cells[i].plain || isPlain(expected.cells[i]));
                    plain += isPlain(expected.cells[i]) ? 1 : 0;
                    known += cells[i].plain ? 1 : 0;
                }
            }
        }
        QVERIFY2(known > plain * 9 / 10, "plain cells are looked at once more");
    }

    void everyProcessorFindsTheSameMarks()
    {
        std::mt19937 random(3);
        const std::string kinds = std::string("\",;\n\r\t \x1f\x7e\x7f\x80\xff\xc3\xa9") + '\0' + "abcdefgh";
        const auto& finders = csvMaskFinders();
        for (int round = 0; round < 5'000; ++round) {
            std::string text(64, ' ');
            for (char& c : text)
                c = kinds[random() % kinds.size()];
            const CsvMasks expected = finders.front().second(text.data(), ';');
            for (std::size_t i = 0; i < 64; ++i) {
                QCOMPARE((expected.quotes >> i & 1) != 0, text[i] == '"');
                QCOMPARE((expected.separators >> i & 1) != 0, text[i] == ';' || text[i] == '\n');
                QCOMPARE((expected.odd >> i & 1) == 0, isPlain(text.substr(i, 1)));
            }
            for (const auto& [name, find] : finders)
                QVERIFY2(find(text.data(), ';') == expected, name);
        }
    }

    void aTextIsCutWhereTheScannerWouldCutIt_data()
    {
        QTest::addColumn<bool>("wild");
        QTest::newRow("as it should be") << false;
        QTest::newRow("with stray quotes") << true;
    }

    void aTextIsCutWhereTheScannerWouldCutIt()
    {
        QFETCH(bool, wild);
        std::mt19937 random(11);
        std::size_t far = 0;
        for (int round = 0; round < 20'000; ++round) {
            std::string text = someText(random, wild);
            text.resize(text.size() - random() % (text.size() + 1) / 4);  // anywhere
            CsvScanner scanner(text, {','});
            std::size_t whole = 0;
            while (!scanner.atEnd()) {
                const CsvState state = scanner.skip();
                if (state == CsvState::Cut || state == CsvState::CutInQuotes)
                    break;
                whole = scanner.at();
            }
            QCOMPARE(cutAtCsvRecords(text, ','), whole);
            far += whole > 0 ? 1 : 0;
        }
        QVERIFY(far > 10'000);
    }

    void aCellsTextLosesWhatOnlyProtectsIt()
    {
        char room[64];
        const auto textOf = [&](const char* text, bool escapes) { return std::string(taskfold::data::textOf({text, true}, {',', true, escapes}, room)); };
        QCOMPARE(textOf("two \"\"words\"\"", false), "two \"words\"");
        QCOMPARE(textOf("\"\"", false), "\"");
        QCOMPARE(textOf("a \\\"b\\\", c\\, d\\n\\\\", true), "a \"b\", c, d\n\\");
        QCOMPARE(textOf("a \\x \"\"", true), "a \\x \"");
    }
};

QTEST_APPLESS_MAIN(CsvScannerTest)
#include "tst_csvscanner.moc"
