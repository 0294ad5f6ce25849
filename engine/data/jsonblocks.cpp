#include "engine/data/blocks.h"
#include "engine/data/jsonwindow.h"

#include <cstring>
#include <string>

namespace taskfold::data {

namespace {

// Elements of one list of a file, without ever holding the file.
class JsonBlocks final : public BlockSource {
public:
    JsonBlocks(std::unique_ptr<ByteStream> stream, std::string path) : m_window(std::move(stream)), m_path(std::move(path)) { }

    Result<bool> next(Block& block) override
    {
        block.spans.clear();
        block.overlong = false;
        block.trouble.clear();
        if (!m_inside) {
            if (m_ended)
                return false;
            Result<bool> found = findList();
            if (!found || !*found)
                return found;
        }
        std::size_t taken = 0;
        while (m_inside && taken < JsonWindow::kBlock) {
            const Result<bool> one = element(block, taken);
            if (!one)
                return one;
            if (!*one)
                break;
        }
        block.make(taken);
        std::memcpy(block.data(), m_window.ahead().data(), taken);
        block.setSize(taken);
        m_window.consume(taken);
        return !block.spans.empty() || !block.trouble.empty();
    }

    std::int64_t done() const override { return m_window.stream().done(); }
    std::int64_t total() const override { return m_window.stream().total(); }
    std::string hash() override { return m_window.hash(); }

private:
    // One more element behind the `taken` bytes of this block; false at the list's end.
    Result<bool> element(Block& block, std::size_t& taken)
    {
        std::size_t at = taken;
        for (;; ++at) {  // to the element's first byte
            if (Result<bool> there = m_window.ensure(at); !there)
                return there;
            else if (!*there)
                return trouble(block, "the list of rows is never closed");
            const char c = m_window.at(at);
            if (c == ']')
                return finish(taken, at, block);
            if (c == ',' && !m_comma) {
                m_comma = true;
                continue;
            }
            if (!isJsonBlank(c))
                break;
        }
        if (!m_comma && m_count > 0)
            return trouble(block, "a comma is missing between two rows");
        if (m_window.at(at) == ',')
            return trouble(block, "there are two commas where one should be");
        const Result<std::size_t> end = m_window.endOf(at);
        if (!end)
            return end.error();
        if (*end == std::string_view::npos)
            return trouble(block, m_window.ahead().size() - at > JsonWindow::kLongest ? "a row has more than 64 MiB, or is never closed" : "the last row is never closed");
        block.spans.emplace_back(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(*end - at));
        taken = *end;
        m_comma = false;
        ++m_count;
        return true;
    }

    Result<bool> trouble(Block& block, const char* words)
    {
        block.trouble = words;
        m_inside = false;
        m_ended = true;
        return false;
    }

    Result<bool> finish(std::size_t& taken, std::size_t at, Block& block)
    {
        taken = at + 1;
        m_inside = false;
        m_ended = true;
        if (m_comma && m_count > 0)
            block.trouble = "a comma follows the last row";
        const Result<bool> rest = m_window.readRest();
        return rest ? Result<bool>(false) : rest;
    }

    // Consumes everything up to the first byte behind the opening bracket of the list.
    Result<bool> findList()
    {
        if (Result<bool> any = m_window.skipBlank(); !any || !*any)
            return any;
        std::string rest = m_path;
        for (;;) {
            if (Result<bool> any = m_window.skipBlank(); !any)
                return any;
            else if (!*any)
                break;
            const char c = m_window.at(0);
            if (c == '[' && rest.empty()) {
                m_window.consume(1);
                m_inside = true;
                return true;
            }
            if (c != '{')
                break;
            m_window.consume(1);
            const Result<bool> found = enterField(rest);
            if (!found || !*found)
                return found ? missing() : found;
        }
        return missing();
    }

    Result<bool> missing() const
    {
        return Error{ErrorCode::InvalidInput,
            m_path.empty() ? "the file holds no list of rows" : "the file has no list of rows at “" + m_path + "”"};
    }

    // Stands behind an opening brace: goes to the value of the path's next field (with no path: of the first list).
    Result<bool> enterField(std::string& rest)
    {
        const std::string name = rest.substr(0, rest.find('.'));
        for (;;) {
            if (Result<bool> any = m_window.skipBlank(); !any || !*any)
                return any;
            if (m_window.at(0) == '}')
                return false;
            if (m_window.at(0) == ',') {
                m_window.consume(1);
                continue;
            }
            Result<std::string> key = m_window.take();
            if (!key)
                return std::move(key).error();
            if (Result<bool> any = m_window.skipBlank(); !any || !*any || m_window.at(0) != ':')
                return any ? Result<bool>(false) : any;
            m_window.consume(1);
            if (Result<bool> any = m_window.skipBlank(); !any || !*any)
                return any;
            if (rest.empty() ? m_window.at(0) == '[' : *key == "\"" + name + "\"") {
                rest = rest.find('.') == std::string::npos ? std::string{} : rest.substr(rest.find('.') + 1);
                return true;
            }
            if (Result<bool> skipped = m_window.skipValue(); !skipped || !*skipped)
                return skipped;
        }
    }

    JsonWindow m_window;
    std::string m_path;
    std::int64_t m_count = 0;
    bool m_inside = false, m_ended = false, m_comma = false;
};

}  // namespace

std::unique_ptr<BlockSource> jsonBlocks(std::unique_ptr<ByteStream> stream, std::string path)
{
    return std::make_unique<JsonBlocks>(std::move(stream), std::move(path));
}

}  // namespace taskfold::data
