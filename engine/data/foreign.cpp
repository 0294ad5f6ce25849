#include "engine/data/detect.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace taskfold::data {

std::string otherKind(std::string_view head)
{
    using namespace std::string_view_literals;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kKinds{{
        {"PK\x03\x04"sv, "is an archive or an Excel workbook: save the sheet as CSV, or name an archive .zip"},
        {"\xD0\xCF\x11\xE0"sv, "is an old Excel workbook: save the sheet as CSV"},
        {"%PDF"sv, "is a PDF: rows can't be read out of it"},
        {"FEA1"sv, "is of the first Feather version, which is no longer read: save it as Parquet or Arrow"},
        {"\x80\x03"sv, "is a pickle, which is never loaded: save it as JSON lines or Parquet"},
        {"\x80\x04"sv, "is a pickle, which is never loaded: save it as JSON lines or Parquet"},
        {"\x80\x05"sv, "is a pickle, which is never loaded: save it as JSON lines or Parquet"},
        {"version https://git-lfs"sv, "is a pointer of Git LFS and not the data: fetch it with “git lfs pull”"},
        {"SQLite format 3"sv, "is a database: save the table as CSV"},
        {"BZh"sv, "is packed with bzip2: unpack it, or pack it with gzip"},
        {"\xFD\x37zXZ"sv, "is packed with xz: unpack it, or pack it with gzip"},
        {"\x28\xB5\x2F\xFD"sv, "is packed with zstd: unpack it, or pack it with gzip"},
        {"7z\xBC\xAF"sv, "is a 7z archive: unpack it, or pack it as .zip"},
        {"Rar!"sv, "is a RAR archive: unpack it, or pack it as .zip"},
    }};
    for (const auto& [bytes, words] : kKinds)
        if (head.starts_with(bytes))
            return std::string(words);
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    const std::string_view text = head.substr(std::min(first, head.size()));
    return text.starts_with("<!DOCTYPE") || text.starts_with("<!doctype") || text.starts_with("<html") ? "is a web page and not the data: look at how it was fetched" : "";
}

std::string otherKindOfName(const std::filesystem::path& file)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEndings{{
        {".yml", "is YAML, which isn't read: save the rows as JSON lines"},
        {".yaml", "is YAML, which isn't read: save the rows as JSON lines"},
        {".xml", "is XML, which isn't read: save the rows as JSON lines or CSV"},
        {".toml", "is TOML, which isn't read: save the rows as JSON lines"},
        {".py", "is a program and not the data: save what it makes as JSON lines or Parquet"},
    }};
    const std::string ending = file.extension().string();
    const auto found = std::find_if(kEndings.begin(), kEndings.end(), [&](const auto& one) { return one.first == ending; });
    return found == kEndings.end() ? std::string() : std::string(found->second);
}

}  // namespace taskfold::data
