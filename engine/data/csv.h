#pragma once

#include "engine/data/csvmarks.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

struct CsvShape {
    char delimiter = ',';
    bool quotes = true;  // else quotes are letters like any other, as in most TSV
    bool escapes = false;  // whether \" is a quote and \, no delimiter, as databases write it
};

struct CsvCell {
    std::string_view text;
    bool doubled = false;  // it has quotes written twice, or something behind a backslash: see textOf
    bool plain = false;  // it is known to be of ASCII without controls
};

enum class CsvState { Whole, OpenQuote, Cut, CutInQuotes };

/// RFC 4180 with any one-character delimiter. A quote that isn't closed properly takes its own line only, so that one
/// broken row doesn't swallow the file.
class CsvScanner {
public:
    CsvScanner(std::string_view text, const CsvShape& shape) : m_text(text), m_shape(shape), m_marks(text, shape.delimiter) { }

    bool atEnd() const { return m_at >= m_text.size(); }
    std::size_t at() const { return m_at; }

    /// The next record. Cut: the text ends inside it or right behind it; where nothing follows, that is an end like
    /// any other, but for CutInQuotes.
    CsvState next(std::vector<CsvCell>& cells);
    /// The same without cells.
    CsvState skip();
    /// Of the last record, without its line end.
    std::string_view raw() const { return m_raw; }
    /// Whether it has cells in quotes, which may hold line ends.
    bool hasQuoted() const { return m_quoted; }

private:
    CsvState scan(std::vector<CsvCell>* cells);
    std::size_t endOfBare(std::size_t at, bool& doubled) const;
    void finish(std::size_t start, std::size_t end, std::size_t next);

    std::string_view m_text;
    CsvShape m_shape;
    CsvMarks m_marks;
    std::size_t m_at = 0;
    std::string_view m_raw;
    bool m_quoted = false;
};

/// How many of the bytes are whole records, by looking at quotes alone: none where one isn't closed as it should be, and a
/// scanner has to tell. Without escapes.
std::optional<std::size_t> wholeRecords(std::string_view text, char delimiter);

/// Whether the first line is the one by which spreadsheets name the delimiter: sep=;
bool namesDelimiter(std::string_view text);

/// A cell's text with its doubled quotes made one, and without the backslashes where they mean something, put to `room`, which
/// is as long as the cell.
std::string_view textOf(const CsvCell& cell, const CsvShape& shape, char* room);

}  // namespace taskfold::data
