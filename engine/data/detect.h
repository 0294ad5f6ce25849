#pragma once

#include "engine/data/reader.h"

/// What a file's beginning says about it. Each function fills what is empty in file.used and says why.
namespace taskfold::data {

void detectFormat(OpenFile& file, std::string_view head, bool whole);
void detectTable(OpenFile& file, std::string_view head);
void detectConll(OpenFile& file, std::string_view head);
void detectFastText(OpenFile& file, std::string_view head);
void detectLists(OpenFile& file, std::string_view head);

/// Columns to fields by their names and what stands in them.
void mapColumns(OpenFile& file);

/// JSON by its beginning: lines of objects, a list, or an object with a list of rows in it.
FileFormat jsonForm(OpenFile& file, std::string_view head, char start);

/// How the rows of a JSON file lie, by its beginning; List where it is none of the other ways.
JsonLayout layoutOf(std::string_view head);

/// What a file is that can't be one of rows, by its first bytes, and what to do; empty: it may be.
std::string otherKind(std::string_view head);
/// The same by what the file is called.
std::string otherKindOfName(const std::filesystem::path& file);

/// The column as an expression: its numbers by the names that the file has for them, if it has.
std::string namedNumbers(const OpenFile& file, const std::string& column);
/// What numbers of columns are called, out of what the `datasets` library writes into a table's metadata.
std::map<std::string, std::vector<std::string>> labelNamesOf(std::string_view words);
/// Lists of tokens and of their tags.
void mapTags(OpenFile& file);

/// Notes what was guessed.
void guess(OpenFile& file, std::string what, std::string value, double sure, std::string why);

/// The names that columns of a field usually have, the likeliest first.
const std::vector<std::string>& namesOf(const std::string& field);

constexpr std::size_t kLooked = 200;  // lines or records of a file's beginning

/// Columns that most of the first records have with this delimiter, and the share that has as many.
std::pair<std::size_t, double> columnsWith(std::string_view head, char delimiter);
/// Whether a cell is a name that columns usually have.
bool isKnownName(std::string cell);
bool isNumber(std::string_view cell);

/// Share of lines, of 1, that look like a token and its tag.
double conllShare(std::string_view head);

}  // namespace taskfold::data
