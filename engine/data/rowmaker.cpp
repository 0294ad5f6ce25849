#include "engine/data/rowmaker.h"

#include "engine/data/encoding.h"
#include "engine/data/sources.h"

#include <algorithm>

namespace taskfold::data {

namespace {

std::string listOf(const std::vector<std::string>& columns)
{
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(columns.size(), 20); ++i)
        text += (i > 0 ? ", " : "") + columns[i];
    return text + (columns.size() > 20 ? ", …" : "");
}

}  // namespace

RowMaker::RowMaker(int file, std::optional<Split> split, const LabelBook& labels)
    : m_file(file)
    , m_split(split)
    , m_labels(&labels)
    , m_rooms(64)
{
}

Result<RowMaker> RowMaker::make(const OpenFile& file, int fileNumber, std::optional<Split> split, const LabelBook& labels)
{
    RowMaker maker(fileNumber, split, labels);
    for (const auto& [field, place] : {std::pair<std::string, std::optional<Field>*>{"input", &maker.m_input},
             {"target", &maker.m_target}, {"references", &maker.m_references}, {"group", &maker.m_group}, {"split", &maker.m_splitField}}) {
        const auto column = file.used.columns.find(field);
        if (column == file.used.columns.end() || (field == "split" && split))
            continue;
        Result<Expression> compiled = Expression::compile(column->second);
        if (!compiled)
            return std::move(compiled).error();
        place->emplace(Field{field, *std::move(compiled)});
    }
    if ((!maker.m_input || !maker.m_target) && !file.columns.empty())
        return Error{ErrorCode::InvalidInput,
            file.path.filename().string() + ": no column is known to be the " + (maker.m_input ? "target" : "input")
                + ". Map one (" + (maker.m_input ? "target" : "input") + "=COLUMN); the file has " + listOf(file.columns)};
    return maker;
}

std::vector<std::string> RowMaker::reads() const
{
    std::vector<std::string> all;
    for (const auto* field : {&m_input, &m_target, &m_references, &m_group, &m_splitField})
        if (*field)
            for (std::string& name : (*field)->expression.reads())
                all.push_back(std::move(name));
    return all;
}

void RowMaker::begin(MadeBlock& made)
{
    m_block = &made;
    made.staged.file = m_file;
}

void RowMaker::begin(MadeBlock& made, const Block& block)
{
    begin(made);
    if (block.from < 0 || block.text().size() >= TextPlace::kOwn)  // places in it are told from others by their size
        return;
    made.staged.rows.source = block.text();
    made.staged.from = block.from;
    made.staged.sourceSize = block.text().size();
}

void RowMaker::forget()
{
    for (std::string& room : m_rooms)
        room = {};
}

void RowMaker::holds(const std::shared_ptr<char[]>& bytes, std::size_t size)
{
    if (size >= TextPlace::kOwn)
        return;
    m_block->staged.rows.source = {bytes.get(), size};
    m_block->staged.held = bytes;
    m_block->staged.sourceSize = size;
}

void MadeBlock::clear()
{
    staged.clear();
    keys.clear();
    const bool many = counts.many;
    counts = {};
    counts.many = many;
    lines = records = 0;
}

void RowMaker::bad(std::int64_t line, Reason reason, std::string_view raw, std::string words)
{
    ++m_block->records;
    m_block->staged.issues.push_back({{}, line, {}, reason, IssueAction::Quarantined, excerptOf(raw), std::move(words)});
}

void RowMaker::complain(const Record& record, const std::string& field, Reason reason, IssueAction action, std::string words)
{
    m_block->staged.issues.push_back({{}, record.line, field, reason, action,
        excerptOf(record.raw.empty() ? m_inputText : record.raw), std::move(words)});
}

std::string_view RowMaker::normal(std::string_view text)
{
    if (m_roomsUsed == m_rooms.size())
        return text;  // a list of more texts than anyone has; they stay as they are
    const std::string_view view = normalisedView(text, m_rooms[m_roomsUsed]);
    if (view.data() < text.data() || view.data() > text.data() + text.size())
        ++m_roomsUsed;
    return view;
}

// By far the most. Handed on in registers: to be read again at once as a whole, it would have to be waited for.
std::string_view RowMaker::onlyText(const Field& field, const Record& record)
{
    const Value* only = field.expression.textOf(record);
    if (!only)
        return {};
    return only->plain ? normalisedPlain(only->text) : normal(only->text);
}

bool RowMaker::take(const Field& field, Record& record, std::vector<std::string_view>& texts)
{
    texts.clear();
    ValueKind type = ValueKind::Text;
    if (const auto trouble = field.expression.evaluate(record, texts, type)) {
        complain(record, field.name, trouble->reason, IssueAction::Quarantined, trouble->words);
        return false;
    }
    // A label may well be written as a number; an input that is one is a mistake.
    if (field.name == "input" && (type == ValueKind::Number || type == ValueKind::Bool || texts.size() > 1)) {
        complain(record, field.name, Reason::Type, IssueAction::Quarantined,
            std::string(wordOf(texts.size() > 1 ? ValueKind::List : type)) + " where text was expected");
        return false;
    }
    for (std::string_view& text : texts)
        text = normal(text);
    std::erase(texts, std::string_view{});
    if (texts.empty())
        complain(record, field.name, Reason::Empty, IssueAction::Quarantined, {});
    return !texts.empty();
}

bool RowMaker::input(Record& record)
{
    m_inputText = {};
    if (!m_input)
        return false;
    if (const std::string_view only = onlyText(*m_input, record); !only.empty()) {
        m_inputText = only;
        return true;
    }
    if (!take(*m_input, record, m_texts))
        return false;
    m_inputText = m_texts.front();
    return true;
}

bool RowMaker::target(Record& record)
{
    if (!m_target)
        return false;
    if (const std::string_view only = onlyText(*m_target, record); !only.empty()) {
        m_targets.resize(1);
        m_targets.front() = only;
    } else if (!take(*m_target, record, m_targets)) {
        return false;
    }
    if (m_labels->isEmpty())
        return true;
    const LabelBook::Found found = m_labels->find(m_targets.front());
    if (!found.label) {
        if (!m_labels->declared())
            return true;
        complain(record, "target", Reason::LabelUnknown, IssueAction::Quarantined,
            "“" + excerptOf(m_targets.front()) + "” isn't among the " + std::to_string(m_labels->size()) + " labels");
        return false;
    }
    if (found.changed)
        complain(record, "target", Reason::LabelUnknown, IssueAction::Fixed,
            "“" + excerptOf(m_targets.front()) + "” was written as “" + *found.label + "”");
    m_targets.front() = *found.label;
    return true;
}

// Group, split and references: none of them must be there.
bool RowMaker::further(Record& record)
{
    m_more.clear();
    m_groupText = {};
    m_rowSplit = m_split ? static_cast<int>(*m_split) : Place::kUnsplit;
    if (!m_references && !m_group && !m_splitField)
        return true;
    ValueKind type = ValueKind::Text;
    if (m_references) {
        if (const auto trouble = m_references->expression.evaluate(record, m_more, type); trouble && trouble->reason == Reason::Type && type != ValueKind::Null) {
            complain(record, "references", Reason::Type, IssueAction::Quarantined, trouble->words);
            return false;
        }
        for (std::string_view& text : m_more)
            text = normal(text);
    }
    std::vector<std::string_view>& texts = m_texts;
    texts.clear();
    if (m_group && !m_group->expression.evaluate(record, texts, type) && !texts.empty())
        m_groupText = texts.front();
    texts.clear();
    if (!m_splitField || m_splitField->expression.evaluate(record, texts, type) || texts.empty() || texts.front().empty())
        return true;
    const std::optional<Split> named = splitOfName(std::string(texts.front()));
    if (!named) {
        complain(record, "split", Reason::Type, IssueAction::Quarantined,
            "“" + excerptOf(texts.front()) + "” names no split: train, validation or test");
        return false;
    }
    m_rowSplit = static_cast<int>(*named);
    return true;
}

void RowMaker::record(const Record& constant)
{
    Record& record = const_cast<Record&>(constant);  // expressions keep the texts they make in it
    ++m_block->records;
    m_roomsUsed = 0;
    if (!input(record) || !target(record) || !further(record))
        return;
    if (!record.mended.empty())
        complain(record, {}, Reason::Json, IssueAction::Fixed, std::string(record.mended));
    add(record);
}

void RowMaker::add(const Record& record)
{
    StagedRows& rows = m_block->staged.rows;
    const std::string_view target(m_targets.front().data(), m_targets.front().size());
    rows.add(rows.input, m_inputText);
    rows.add(rows.target, target);
    rows.add(rows.group, m_groupText);
    for (std::size_t i = 1; i < m_targets.size(); ++i)
        rows.add(rows.references, m_targets[i]);
    for (const std::string_view text : m_more)
        if (!text.empty() && text != target)
            rows.add(rows.references, text);
    rows.endReferences();
    rows.lines.push_back(static_cast<std::uint32_t>(record.line));
    m_block->staged.splits.push_back(static_cast<std::uint8_t>(m_rowSplit));
    RowKey& key = m_block->keys.emplace_back();
    hashText(m_inputText, key.input);
    key.target = hashText(target);
    key.place = Place::of(m_file, record.line, m_rowSplit);
    m_block->staged.hashes.push_back(key.input[0]);
    if (m_rowSplit == Place::kUnsplit || m_rowSplit == static_cast<int>(Split::Train))
        m_block->counts.add(target, key.target, m_inputText.size() + target.size());
}

}  // namespace taskfold::data
