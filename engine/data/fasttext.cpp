#include "engine/data/detect.h"
#include "engine/data/parsers.h"

#include <algorithm>

namespace taskfold::data {

namespace {

// "__label__x __label__y some text": labels may stand anywhere in the line; what is left is the text.
class FastTextParser final : public BlockParser {
public:
    explicit FastTextParser(bool decoded) : m_decoded(decoded) { }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        if (block.overlong) {
            sink.bad(1, Reason::TooLong, block.text(), kOverlong);
            return 1;
        }
        LineWalk lines(block.text());
        std::string_view line;
        while (sink.wantsMore() && lines.next(line))
            if (!isBlankText(line))
                tell(line, lines.number(), sink);
        return lines.number();
    }

private:
    void tell(std::string_view line, std::int64_t number, RecordSink& sink)
    {
        if (std::string words = textTrouble(line, m_decoded); !words.empty())
            return sink.bad(number, Reason::Encoding, line, std::move(words));
        m_record.clear();
        m_record.line = number;
        m_record.raw = line;
        std::string text;
        Value label;
        std::uint32_t labels = 0;
        for (std::size_t at = 0; at < line.size();) {
            const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
            const std::string_view word = line.substr(at, end - at);
            if (word.starts_with(kFastTextLabel)) {
                label = {ValueKind::Text, word.substr(kFastTextLabel.size()), 0, 0};
                m_record.push({}, label);
                ++labels;
            } else {
                text.append(word).append(line.substr(end, 1));
            }
            at = end + 1;
        }
        if (labels == 0)
            return sink.bad(number, Reason::MissingField, line, "there is no __label__ in the line");
        const Value all = m_record.close(ValueKind::List, 0);
        m_record.push("text", {ValueKind::Text, m_record.keep(std::move(text)), 0, 0});
        m_record.push("label", labels == 1 ? label : all);
        m_record.root = m_record.close(ValueKind::Object, 0);
        sink.record(m_record);
    }

    bool m_decoded;
    Record m_record;
};

}  // namespace

void detectFastText(OpenFile& file, std::string_view head)
{
    file.columns = {"text", "label"};
    LineWalk lines(head);
    std::string_view line;
    bool several = false;
    while (!several && lines.next(line)) {
        const std::size_t first = line.find(kFastTextLabel);
        several = first != std::string_view::npos && line.find(kFastTextLabel, first + 1) != std::string_view::npos;
    }
    if (!several || file.used.columns.contains("target"))
        return;
    file.used.columns["target"] = "sorted(label)";
    guess(file, "columns", "sorted(label)", 0.8, "a line has several labels: in order, they are the target");
}

std::unique_ptr<BlockParser> fastTextParser(bool decoded)
{
    return std::make_unique<FastTextParser>(decoded);
}

}  // namespace taskfold::data
