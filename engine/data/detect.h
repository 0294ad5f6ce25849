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

/// Share of lines, of 1, that look like a token and its tag.
double conllShare(std::string_view head);

}  // namespace taskfold::data
