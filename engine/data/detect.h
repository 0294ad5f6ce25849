#pragma once

#include "engine/data/reader.h"

/// What a file's beginning says about it. Each function fills what is empty in file.used and says why.
namespace taskfold::data {

void detectFormat(OpenFile& file, std::string_view head, bool whole);
void detectTable(OpenFile& file, std::string_view head);
void detectConll(OpenFile& file, std::string_view head);
void detectLists(OpenFile& file, std::string_view head);

/// Columns to fields by their names and what stands in them.
void mapColumns(OpenFile& file);

/// JSON by its beginning: lines of objects, a list, or an object with a list of rows in it.
FileFormat jsonForm(OpenFile& file, std::string_view head, char start);

/// What a file is that can't be one of rows, by its first bytes, and what to do; empty: it may be.
std::string otherKind(std::string_view head);

/// Notes what was guessed.
void guess(OpenFile& file, std::string what, std::string value, double sure, std::string why);

/// The names that columns of a field usually have, the likeliest first.
const std::vector<std::string>& namesOf(const std::string& field);

/// Share of lines, of 1, that look like a token and its tag.
double conllShare(std::string_view head);

}  // namespace taskfold::data
