#include "engine/data/blocks.h"

#include "engine/data/csv.h"

#include <algorithm>
#include <cstring>

namespace taskfold::data {

namespace {

constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kLongest = 64 << 20;  // of one record

class TextBlocks final : public BlockSource {
public:
    TextBlocks(std::unique_ptr<ByteStream> stream, CutAt cut, char delimiter)
        : m_stream(std::move(stream))
        , m_cut(cut)
        , m_delimiter(delimiter)
    {
    }

    Result<bool> next(Block& block) override
    {
        block.overlong = false;
        block.from = -1;
        std::size_t size = takeRest(block);
        for (std::size_t wanted = kBlock;; wanted *= 4) {
            if (Result<void> filled = fill(block, size, wanted); !filled)
                return std::move(filled).error();
            if (std::exchange(m_beginning, false) && std::string_view(block.data(), size).starts_with("\xEF\xBB\xBF")) {
                std::memmove(block.data(), block.data() + 3, size - 3);
                size -= 3;
            }
            const std::size_t whole = m_atEnd ? size : m_cut({block.data(), size}, m_delimiter);
            if (whole > 0 || m_atEnd) {
                m_rest.assign(block.data() + whole, size - whole);
                block.setSize(whole);
                if (m_stream->mark())
                    block.from = m_stream->done() - static_cast<std::int64_t>(size);
                return whole > 0;
            }
            if (wanted >= kLongest)
                return skipOverlong(block, size);
        }
    }

    std::int64_t done() const override { return m_stream->done(); }
    std::int64_t total() const override { return m_stream->total(); }
    std::string hash() override { return m_stream->hash(); }
    std::optional<FileMark> mark() const override { return m_stream->mark(); }

private:
    std::size_t takeRest(Block& block)
    {
        block.make(std::max(kBlock, m_rest.size()));
        std::memcpy(block.data(), m_rest.data(), m_rest.size());
        return m_rest.size();
    }

    Result<void> fill(Block& block, std::size_t& size, std::size_t wanted)
    {
        block.setSize(size);
        block.make(wanted);
        while (size < wanted && !m_atEnd) {
            Result<std::size_t> got = m_stream->read(block.data() + size, wanted - size);
            if (!got)
                return std::move(got).error();
            m_atEnd = *got == 0;
            size += *got;
        }
        return {};
    }

    Result<bool> skipOverlong(Block& block, std::size_t size)
    {
        block.overlong = true;
        const auto cutLine = [&](std::string_view text) {
            const std::size_t end = text.find('\n');
            m_rest = end == std::string_view::npos ? std::string{} : std::string(text.substr(end + 1));
            return end != std::string_view::npos;
        };
        if (!cutLine({block.data(), size})) {
            std::vector<char> dust(kBlock);
            for (;;) {
                Result<std::size_t> got = m_stream->read(dust.data(), dust.size());
                if (!got)
                    return std::move(got).error();
                m_atEnd = *got == 0;
                if (m_atEnd || cutLine({dust.data(), *got}))
                    break;
            }
        }
        block.setSize(std::min<std::size_t>(size, 4096));
        return true;
    }

    std::unique_ptr<ByteStream> m_stream;
    CutAt m_cut;
    char m_delimiter;
    std::string m_rest;
    bool m_beginning = true, m_atEnd = false;
};

// Whole lines of a stream, as many as asked for.
class Lines {
public:
    explicit Lines(std::unique_ptr<ByteStream> stream) : m_stream(std::move(stream)) { }

    // Appends at most `most` lines, each ended by \n; stops early when the file ends or `room` bytes are taken.
    Result<std::int64_t> take(std::string& to, std::int64_t most, std::size_t room)
    {
        std::int64_t count = 0;
        while (count < most && to.size() < room) {
            const std::size_t end = m_buffer.find('\n', m_at);
            if (end != std::string::npos) {
                to.append(m_buffer, m_at, end + 1 - m_at);
                m_at = end + 1;
                ++count;
                continue;
            }
            if (m_atEnd) {
                if (m_at < m_buffer.size()) {
                    to.append(m_buffer, m_at).append(1, '\n');
                    m_at = m_buffer.size();
                    ++count;
                }
                break;
            }
            if (Result<void> filled = fill(); !filled)
                return std::move(filled).error();
        }
        return count;
    }

    ByteStream& stream() const { return *m_stream; }

private:
    Result<void> fill()
    {
        m_buffer.erase(0, m_at);
        m_at = 0;
        if (m_buffer.size() > kLongest)
            return Error{ErrorCode::InvalidInput, "a line has more than 64 MiB"};
        const std::size_t size = m_buffer.size();
        m_buffer.resize(size + kBlock);
        Result<std::size_t> got = m_stream->read(m_buffer.data() + size, kBlock);
        if (!got)
            return std::move(got).error();
        m_buffer.resize(size + *got);
        m_atEnd = *got == 0;
        if (size == 0 && std::exchange(m_beginning, false) && m_buffer.starts_with("\xEF\xBB\xBF"))
            m_buffer.erase(0, 3);
        return {};
    }

    std::unique_ptr<ByteStream> m_stream;
    std::string m_buffer;
    std::size_t m_at = 0;
    bool m_beginning = true, m_atEnd = false;
};

std::size_t cutByScanning(std::string_view text, const CsvShape& shape)
{
    CsvScanner scanner(text, shape);
    std::size_t whole = 0;
    while (!scanner.atEnd()) {
        const CsvState state = scanner.skip();
        if (state == CsvState::Cut || state == CsvState::CutInQuotes)
            break;
        whole = scanner.at();
    }
    return whole;
}

class ParallelBlocks final : public BlockSource {
public:
    ParallelBlocks(std::unique_ptr<ByteStream> inputs, std::unique_ptr<ByteStream> targets)
        : m_inputs(std::move(inputs))
        , m_targets(std::move(targets))
    {
    }

    Result<bool> next(Block& block) override
    {
        constexpr std::int64_t kAny = std::int64_t{1} << 40;
        std::string inputs;
        block.other.clear();
        block.surplus = 0;
        const Result<std::int64_t> count = m_inputs.take(inputs, kAny, kBlock);
        if (!count)
            return count.error();
        const Result<std::int64_t> partners = m_targets.take(block.other, *count > 0 ? *count : kAny, *count > 0 ? ~std::size_t{0} : kBlock);
        if (!partners)
            return partners.error();
        block.surplus = *count - *partners;
        block.make(inputs.size());
        std::memcpy(block.data(), inputs.data(), inputs.size());
        block.setSize(inputs.size());
        return *count > 0 || *partners > 0;
    }

    std::int64_t done() const override { return m_inputs.stream().done() + m_targets.stream().done(); }
    std::int64_t total() const override { return m_inputs.stream().total() + m_targets.stream().total(); }
    std::string hash() override { return m_inputs.stream().hash(); }

private:
    Lines m_inputs, m_targets;
};

}  // namespace

char* Block::make(std::size_t capacity)
{
    if (capacity + kPadding > m_capacity) {
        RoomBytes larger = roomBytes(capacity + kPadding);
        if (m_size > 0)
            std::memcpy(larger.get(), m_bytes.get(), m_size);
        m_bytes = std::move(larger);
        m_capacity = capacity + kPadding;
    }
    return m_bytes.get();
}

void Block::setSize(std::size_t size)
{
    m_size = size;
    if (m_bytes)
        std::memset(m_bytes.get() + size, 0, std::min(kPadding, m_capacity - size));
}

std::size_t cutAtLines(std::string_view text, char)
{
    const std::size_t end = text.rfind('\n');
    return end == std::string_view::npos ? 0 : end + 1;
}

std::size_t cutAtBlankLines(std::string_view text, char)
{
    for (std::size_t end = text.rfind('\n'); end != std::string_view::npos && end > 0; end = text.rfind('\n', end - 1)) {
        const std::size_t before = text.rfind('\n', end - 1);
        const std::size_t from = before == std::string_view::npos ? 0 : before + 1;
        if (before != std::string_view::npos && text.substr(from, end - from).find_first_not_of(" \t\r") == std::string_view::npos)
            return end + 1;
        if (before == std::string_view::npos)
            break;
    }
    return 0;
}

std::size_t cutAtCsvRecords(std::string_view text, char delimiter)
{
    const std::optional<std::size_t> whole = wholeRecords(text, delimiter);
    return whole ? *whole : cutByScanning(text, {delimiter, true});
}

std::size_t cutAtEscapedRecords(std::string_view text, char delimiter)
{
    return cutByScanning(text, {delimiter, true, true});
}

std::unique_ptr<BlockSource> textBlocks(std::unique_ptr<ByteStream> stream, CutAt cut, char delimiter)
{
    return std::make_unique<TextBlocks>(std::move(stream), cut, delimiter);
}

std::unique_ptr<BlockSource> parallelBlocks(std::unique_ptr<ByteStream> inputs, std::unique_ptr<ByteStream> targets)
{
    return std::make_unique<ParallelBlocks>(std::move(inputs), std::move(targets));
}

}  // namespace taskfold::data
