#include "engine/data/archive.h"
#include "engine/data/reader.h"

#include <array>

namespace taskfold::data {

namespace {

constexpr std::array<std::pair<FileFormat, std::string_view>, 11> kFormats{{
    {FileFormat::JsonLines, "jsonl"},
    {FileFormat::Json, "json"},
    {FileFormat::Csv, "csv"},
    {FileFormat::Tsv, "tsv"},
    {FileFormat::Text, "txt"},
    {FileFormat::Conll, "conll"},
    {FileFormat::Parquet, "parquet"},
    {FileFormat::Arrow, "arrow"},
    {FileFormat::Parallel, "parallel"},
    {FileFormat::Folder, "folder"},
    {FileFormat::FastText, "fasttext"},
}};

}  // namespace

std::string_view wordOf(FileFormat format)
{
    for (const auto& [one, word] : kFormats)
        if (one == format)
            return word;
    return {};
}

std::optional<FileFormat> fileFormatOf(std::string_view word)
{
    for (const auto& [format, one] : kFormats)
        if (one == word)
            return format;
    return std::nullopt;
}

std::optional<FileFormat> formatOfName(const std::filesystem::path& file)
{
    const std::string extension = lowerExtension(file);
    if (extension == ".gz")
        return formatOfName(file.stem());
    static const std::map<std::string, FileFormat> known{{".jsonl", FileFormat::JsonLines}, {".ndjson", FileFormat::JsonLines},
        {".json", FileFormat::Json}, {".csv", FileFormat::Csv}, {".tsv", FileFormat::Tsv}, {".tab", FileFormat::Tsv},
        {".txt", FileFormat::Text}, {".conll", FileFormat::Conll}, {".conllu", FileFormat::Conll}, {".bio", FileFormat::Conll},
        {".iob", FileFormat::Conll}, {".iob2", FileFormat::Conll}, {".bioes", FileFormat::Conll}, {".parquet", FileFormat::Parquet},
        {".arrow", FileFormat::Arrow}, {".feather", FileFormat::Arrow}};
    const auto found = known.find(extension);
    return found == known.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace taskfold::data
