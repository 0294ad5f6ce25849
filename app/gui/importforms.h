#pragma once

#include "app/jobs/importdata.h"
#include "widgets/models/importvalues.h"

/// What the import dialog says and is told, as the jobs' values and back.
namespace taskfold {

jobs::ImportSource sourceOf(const ImportItem& item);
ReadSettings settingsOf(const data::ReadOptions& options);
ImportPreview previewOf(const jobs::Previewed& found);
ImportSummary summaryOf(const jobs::ImportOutcome& outcome);

}  // namespace taskfold
