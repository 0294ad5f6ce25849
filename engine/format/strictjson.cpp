#include "engine/format/strictjson.h"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace taskfold {

using nlohmann::json;

namespace {

// Builds nothing: only looks.
class Watch final : public nlohmann::json_sax<json> {
public:
    explicit Watch(int depth) : m_depth(static_cast<std::size_t>(depth)) { }

    const Error& error() const { return m_error; }

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }

    bool key(string_t& name) override
    {
        return m_keys.back().insert(name).second || fail("it names \"" + name.substr(0, 100) + "\" twice");
    }

    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override
    {
        return fail("it isn't JSON: see byte " + std::to_string(at));
    }

private:
    bool enter()
    {
        if (m_keys.size() >= m_depth)
            return fail("it is nested more than " + std::to_string(m_depth) + " levels deep");
        m_keys.emplace_back();
        return true;
    }

    bool leave()
    {
        m_keys.pop_back();
        return true;
    }

    bool fail(std::string what)
    {
        if (m_error.detail.empty())
            m_error = {ErrorCode::InvalidInput, std::move(what)};
        return false;
    }

    std::size_t m_depth;
    std::vector<std::set<std::string>> m_keys;
    Error m_error;
};

}  // namespace

Result<json> parseStrictly(std::string_view text, int depth)
{
    Watch watch(depth);
    if (!json::sax_parse(text, &watch))
        return watch.error();
    json value = json::parse(text, nullptr, false);
    if (!value.is_object())
        return Error{ErrorCode::InvalidInput, "it isn't a JSON object"};
    return value;
}

}  // namespace taskfold
