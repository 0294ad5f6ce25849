#include "app/gui/importforms.h"

#include "widgets/parts/text.h"

#include <QObject>

namespace taskfold {

namespace {

std::filesystem::path pathOf(const QString& path)
{
    return path.toStdString();
}

data::ReadOptions optionsOf(const ReadSettings& settings)
{
    data::ReadOptions options;
    options.format = data::fileFormatOf(toStd(settings.format));
    options.encoding = toStd(settings.encoding);
    options.delimiter = toStd(settings.delimiter);
    options.header = settings.header;
    options.rows = toStd(settings.rows);
    options.quotes = settings.quotes;
    options.tokenColumn = settings.tokenColumn;
    options.tagColumn = settings.tagColumn;
    for (const auto& [field, column] : settings.columns)
        if (!column.isEmpty())
            options.columns[toStd(field == QLatin1StringView("label") ? QStringLiteral("target") : field)] = toStd(column);
    return options;
}

}  // namespace

ReadSettings settingsOf(const data::ReadOptions& options)
{
    ReadSettings settings;
    if (options.format)
        settings.format = toQt(data::wordOf(*options.format));
    settings.encoding = toQt(options.encoding);
    settings.delimiter = toQt(options.delimiter);
    settings.header = options.header;
    settings.rows = toQt(options.rows);
    settings.quotes = options.quotes;
    settings.tokenColumn = options.tokenColumn;
    settings.tagColumn = options.tagColumn;
    for (const auto& [field, column] : options.columns)
        settings.columns[toQt(field)] = toQt(column);
    return settings;
}

jobs::ImportSource sourceOf(const ImportItem& item)
{
    jobs::ImportSource source;
    source.path = pathOf(item.path);
    source.task = toStd(item.task);
    source.split = item.split;
    source.read = optionsOf(item.settings);
    source.corpus = item.corpus;
    source.domain = item.domain;
    for (const auto& [from, to] : item.labels)
        source.labels[toStd(from)] = toStd(to);
    return source;
}

ImportPreview previewOf(const jobs::Previewed& found)
{
    ImportPreview preview;
    for (const jobs::PreviewedFile& file : found.files)
        preview.files.push_back({toQt(file.path.string()), toQt(file.task), file.split, file.bytes});
    preview.file = toQt(found.file.string());
    preview.used = settingsOf(found.used);
    for (const std::string& column : found.columns)
        preview.columns.append(toQt(column));
    for (const data::Column& field : found.tree)
        preview.fields.emplace_back(toQt(field.path), toQt(field.sample));
    for (const std::string& list : found.lists)
        preview.lists.append(toQt(list));
    for (const data::Guess& guess : found.guesses)
        preview.why[toQt(guess.what)] = QObject::tr("%1 % sure: %2").arg(qRound(guess.sure * 100)).arg(toQt(guess.why));
    preview.problem = toQt(found.problem);
    for (const data::Guess& guess : found.guesses)
        if (guess.what == "kind")
            preview.kind = QObject::tr("Looks like %1 (%2 % sure: %3)").arg(toQt(guess.value)).arg(qRound(guess.sure * 100)).arg(toQt(guess.why));
    for (const jobs::PreviewedRow& row : found.rows) {
        PreviewRow shown{row.line, {}, toQt(row.problem), toQt(row.input), toQt(row.target)};
        for (const std::string& cell : row.cells)
            shown.cells.append(toQt(cell));
        preview.rows.push_back(std::move(shown));
    }
    return preview;
}

ImportSummary summaryOf(const jobs::ImportOutcome& outcome)
{
    ImportSummary summary;
    for (const jobs::ImportedSplit& one : outcome.versions) {
        ImportLine line{toQt(one.task), titleOf(one.version.split), one.version.rowsIn, one.version.rowsKept, one.version.issues};
        if (one.difference)
            line.changed = RowsChanged{one.difference->added, one.difference->removed, one.difference->same};
        summary.lines.push_back(std::move(line));
    }
    for (const Corpus& corpus : outcome.corpora)
        summary.lines.push_back({toQt(corpus.name), QObject::tr("text"), corpus.documentsIn,
            corpus.documentsKept + corpus.heldOut, corpus.issues});
    summary.examples = outcome.examples;
    return summary;
}

}  // namespace taskfold
