// CSV and TSV in every shape that can be asked for.
#include "engine/data/csv.h"
#include "tests/fuzz/readall.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    const auto seed = [](int settings, const std::string& text) { return std::string(1, static_cast<char>(settings)) + text; };
    return {
        seed(0, "input,target\none,a\n\"two, with \"\"quotes\"\"\",b\n\"three\nlines\",c\n"),
        seed(1, "input\ttarget\none\ta\ntwo\tb\n"),
        seed(2, "sep=;\r\ninput;target\r\none;a\r\n\"open;b\r\nragged\r\n"),
        seed(8, "1,one\n2,two\n3,three\n"),
        seed(16, "a|b\n\"x|y\n"),
        seed(36, "text,label\n\xE9t\xE9,x\n\xFF,y\n"),
    };
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    std::string_view bytes = fuzz::viewOf(data, size);
    const unsigned settings = fuzz::takeByte(bytes);
    data::ReadOptions options;
    options.format = settings & 1 ? data::FileFormat::Tsv : data::FileFormat::Csv;
    if (settings & 2)
        options.delimiter = ";";
    if (settings & 4)
        options.encoding = "windows-1252";
    if (settings & 8)
        options.header = (settings & 64) != 0;
    if (settings & 16)
        options.quotes = (settings & 128) != 0;
    fuzz::readBytes(bytes, options);
    // The scanner alone: it always goes on, and its cells lie in the text.
    data::CsvScanner scanner(bytes, {',', (settings & 32) == 0});
    std::vector<data::CsvCell> cells;
    while (!scanner.atEnd()) {
        const std::size_t before = scanner.at();
        const data::CsvState state = scanner.next(cells);
        fuzz::require(scanner.at() > before && (!cells.empty() || state == data::CsvState::OpenQuote || state == data::CsvState::CutInQuotes));
        for (const data::CsvCell& cell : cells)
            fuzz::require(cell.text.empty() || (cell.text.data() >= bytes.data() && cell.text.data() + cell.text.size() <= bytes.data() + bytes.size()));
    }
    return 0;
}
