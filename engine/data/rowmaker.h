#pragma once

#include "engine/data/labels.h"
#include "engine/data/mapping.h"
#include "engine/data/parsers.h"
#include "engine/data/rowkeys.h"
#include "engine/data/staging.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace taskfold::data {

/// What a block became. Lines count from 1 in it.
struct MadeBlock {
    StagedBlock staged;
    std::vector<RowKey> keys;
    TargetCounts counts;  // of rows that aren't validation or test
    std::int64_t lines = 0, records = 0;
    std::int64_t firstLine = 0;  // what lines and the keys' places lack

    /// Its memory stays, and that there are too many targets to count, once that is known.
    void clear();
};

/// Records by the mapping: normalised, checked and added to a block, or nothing and their issue. For one thread: what is written
/// with each row doesn't lie where the next one, of another thread, is read.
class alignas(128) RowMaker final : public RecordSink {
public:
    /// InvalidInput for a mapping that can't be read, or names neither input nor target.
    static Result<RowMaker> make(const OpenFile& file, int fileNumber, std::optional<Split> split, const LabelBook& labels);

    /// The columns that the mapping looks at.
    std::vector<std::string> reads() const;
    /// What follows is put into `made`; texts that can be read again from the file are only pointed to.
    void begin(MadeBlock& made, const Block& block);
    /// The same of records that came from no block: their texts are kept.
    void begin(MadeBlock& made);
    /// Gives back the memory of texts that had to be made.
    void forget();
    void record(const Record& record) override;
    void bad(std::int64_t line, Reason reason, std::string_view raw, std::string words) override;
    void holds(const std::shared_ptr<char[]>& bytes, std::size_t size) override;

private:
    struct Field {
        std::string name;
        Expression expression;
    };

    RowMaker(int file, std::optional<Split> split, const LabelBook& labels);

    std::string_view onlyText(const Field& field, const Record& record);
    bool take(const Field& field, Record& record, std::vector<std::string_view>& texts);
    bool input(Record& record);
    bool target(Record& record);
    bool further(Record& record);
    void add(const Record& record);
    void complain(const Record& record, const std::string& field, Reason reason, IssueAction action, std::string words);

    int m_file;
    std::optional<Split> m_split;
    const LabelBook* m_labels;
    std::optional<Field> m_input, m_target, m_references, m_group, m_splitField;
    MadeBlock* m_block = nullptr;
    std::vector<std::string_view> m_texts, m_targets, m_more;
    std::vector<std::string> m_rooms;  // where texts are normalised, if they must be
    std::size_t m_roomsUsed = 0;
    std::string_view m_inputText, m_groupText;
    int m_rowSplit = Place::kUnsplit;

    std::string_view normal(std::string_view text);
};

}  // namespace taskfold::data
