#include "engine/core/hash.h"
#include "engine/data/parsers.h"

#include <algorithm>
#include <cstring>
#include <system_error>

namespace taskfold::data {


namespace {

namespace fs = std::filesystem;

// Files of a folder whose subfolders are labels: a block holds the texts of many, and their labels and names.
class FolderBlocks final : public BlockSource {
public:
    explicit FolderBlocks(const fs::path& folder)
    {
        std::error_code failure;
        for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
            if (at.depth() != 1 || !at->is_regular_file(failure) || at->path().filename().string().starts_with('.'))
                continue;
            m_files.push_back(at->path());
            m_total += static_cast<std::int64_t>(at->file_size(failure));
        }
        std::sort(m_files.begin(), m_files.end());
    }

    Result<bool> next(Block& block) override
    {
        constexpr std::size_t kBlock = 1 << 20;
        block.spans.clear();
        block.other.clear();
        std::string text;
        while (m_at < m_files.size() && text.size() < kBlock) {
            const fs::path& file = m_files[m_at++];
            Result<std::unique_ptr<ByteStream>> bytes = openBytes(file);
            if (!bytes)
                return std::move(bytes).error();
            bool whole = false;
            const Result<std::string> content = headOf(**bytes, std::max<std::size_t>(1, static_cast<std::size_t>((*bytes)->total())) + 1, whole);
            if (!content)
                return content.error();
            m_done += (*bytes)->done();
            m_hash.add((*bytes)->hash());
            block.spans.emplace_back(static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(content->size()));
            text += *content;
            block.other += file.parent_path().filename().string() + "\n" + file.filename().string() + "\n";
        }
        block.make(text.size());
        std::memcpy(block.data(), text.data(), text.size());
        block.setSize(text.size());
        return !block.spans.empty();
    }

    std::int64_t done() const override { return m_done; }
    std::int64_t total() const override { return m_total; }
    std::string hash() override { return "blake3:" + m_hash.hex(); }

private:
    std::vector<fs::path> m_files;
    std::size_t m_at = 0;
    std::int64_t m_done = 0, m_total = 0;
    ContentHash m_hash;  // of the files' hashes
};

class FolderParser final : public BlockParser {
public:
    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        LineWalk names(block.other);
        std::int64_t number = 0;
        for (const auto& [from, size] : block.spans) {
            std::string_view label, file;
            names.next(label);
            names.next(file);
            ++number;
            if (!sink.wantsMore())
                break;
            std::string_view text = block.text().substr(from, size);
            if (text.starts_with("\xEF\xBB\xBF"))
                text.remove_prefix(3);
            if (std::string words = textTrouble(text, false); !words.empty()) {
                sink.bad(number, Reason::Encoding, text, std::string(file) + ": " + words);
                continue;
            }
            m_record.clear();
            m_record.line = number;
            m_record.raw = text;
            m_record.push("text", {ValueKind::Text, text, 0, 0});
            m_record.push("label", {ValueKind::Text, label, 0, 0});
            m_record.push("file", {ValueKind::Text, file, 0, 0});
            m_record.root = m_record.close(ValueKind::Object, 0);
            sink.record(m_record);
        }
        return number;
    }

private:
    Record m_record;
};

}  // namespace

std::unique_ptr<BlockSource> folderBlocks(const std::filesystem::path& folder)
{
    return std::make_unique<FolderBlocks>(folder);
}

std::unique_ptr<BlockParser> folderParser()
{
    return std::make_unique<FolderParser>();
}

}  // namespace taskfold::data
