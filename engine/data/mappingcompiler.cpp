#include "engine/data/mappingnodes.h"

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::size_t kLongest = 10'000;  // of an expression

class Compiler {
public:
    explicit Compiler(std::string_view text) : m_text(text) { }

    Result<std::unique_ptr<Expression::Node>> compile()
    {
        if (m_text.size() > kLongest)
            return wrong("it is too long");
        auto node = whole();
        if (!m_wrong.empty())
            return wrong(m_wrong);
        return node;
    }

private:
    using Node = Expression::Node;
    using Kind = Node::Kind;

    Error wrong(const std::string& words) const
    {
        return {ErrorCode::InvalidInput, "the mapping “" + std::string(m_text.substr(0, 200)) + "” can't be read: " + words};
    }

    void fail(std::string words)
    {
        if (m_wrong.empty())
            m_wrong = std::move(words) + " at character " + std::to_string(m_at + 1);
    }

    std::unique_ptr<Node> whole()
    {
        if (m_text.find('{') != std::string_view::npos || m_text.find('}') != std::string_view::npos)
            return templated();
        if (isCall())
            return call();
        const std::size_t plus = m_text.find('+');
        return plus == std::string_view::npos ? path(m_text) : joined();
    }

    // Whether it starts with one of our words and an opening bracket.
    bool isCall() const
    {
        const std::size_t open = m_text.find('(');
        if (open == std::string_view::npos || !m_text.ends_with(')'))
            return false;
        const std::string_view word = m_text.substr(0, open);
        return word == "join" || word == "sorted" || word == "first" || word == "words" || word == "spans"
            || word == "talk" || word == "reply" || word == "tags";
    }

    std::unique_ptr<Node> joined()
    {
        auto node = std::make_unique<Node>();
        node->kind = Kind::Lines;
        for (std::size_t at = 0; at <= m_text.size();) {
            const std::size_t end = std::min(m_text.find('+', at), m_text.size());
            node->parts.push_back(path(m_text.substr(at, end - at)));
            at = end + 1;
        }
        auto exact = path(m_text);  // a column may be called "a+b"
        node->whole = std::move(exact);
        return node;
    }

    std::unique_ptr<Node> path(std::string_view text)
    {
        auto node = std::make_unique<Node>();
        node->kind = Kind::Path;
        node->name = std::string(text);
        if (text.empty()) {
            fail("a field's name is missing");
            return node;
        }
        for (std::size_t at = 0; at < text.size();) {
            Step step;
            if (text[at] == '[') {
                const std::size_t end = text.find(']', at);
                const std::string inside(end == std::string_view::npos ? std::string_view{} : text.substr(at + 1, end - at - 1));
                if (end == std::string_view::npos || inside.size() > 9 || inside.find_first_not_of("0123456789") != std::string::npos)
                    break;  // not ours: the whole is one name
                step.index = inside.empty() ? Step::kEach : std::stoi(inside);
                at = end + 1;
                if (at < text.size() && text[at] == '.')
                    ++at;
            } else {
                const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
                step.name = std::string(text.substr(at, end - at));
                at = end < text.size() && text[end] == '.' ? end + 1 : end;
            }
            node->steps.push_back(std::move(step));
        }
        return node;
    }

    std::unique_ptr<Node> templated()
    {
        auto node = std::make_unique<Node>();
        node->kind = Kind::Template;
        std::string literal;
        const auto flush = [&] {
            auto piece = std::make_unique<Node>();
            piece->kind = Kind::Literal;
            piece->name = std::exchange(literal, {});
            if (!piece->name.empty())
                node->parts.push_back(std::move(piece));
        };
        for (m_at = 0; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            const char after = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
            if ((c == '{' || c == '}') && after == c) {
                literal += c;
                ++m_at;
            } else if (c == '\\' && (after == 'n' || after == 't' || after == '\\')) {
                literal += after == 'n' ? '\n' : after == 't' ? '\t' : '\\';
                ++m_at;
            } else if (c == '{') {
                flush();
                field(*node);
            } else if (c == '}') {
                fail("a brace is closed that wasn't opened");
                return node;
            } else {
                literal += c;
            }
        }
        flush();
        return node;
    }

    void field(Node& node)
    {
        const std::size_t end = m_text.find('}', m_at);
        if (end == std::string_view::npos) {
            fail("a brace isn't closed");
            m_at = m_text.size();
            return;
        }
        Compiler inner(m_text.substr(m_at + 1, end - m_at - 1));
        auto part = inner.isCall() ? inner.call() : inner.path(inner.m_text);
        if (!inner.m_wrong.empty())
            fail(inner.m_wrong);
        node.parts.push_back(std::move(part));
        m_at = end;
    }

    std::unique_ptr<Node> call()
    {
        auto node = std::make_unique<Node>();
        const std::size_t open = m_text.find('(');
        const std::string_view word = m_text.substr(0, open);
        node->kind = word == "join" ? Kind::Join : word == "sorted" ? Kind::Sorted : word == "first" ? Kind::First
            : word == "words" ? Kind::Words : word == "talk" ? Kind::Talk : word == "reply" ? Kind::Reply
            : word == "tags" ? Kind::Tags : Kind::Spans;
        const std::vector<std::string> arguments = argumentsOf(m_text.substr(open + 1, m_text.size() - open - 2));
        m_at = open;
        const std::size_t fields = node->kind == Kind::Spans || node->kind == Kind::Tags ? 2 : 1;
        if (arguments.size() < fields) {
            fail(std::string(word) + " needs " + std::to_string(fields) + (fields == 1 ? " field" : " fields"));
            return node;
        }
        for (std::size_t i = 0; i < fields; ++i)
            node->parts.push_back(path(arguments[i]));
        for (std::size_t i = fields; i < arguments.size(); ++i)
            option(*node, arguments[i]);
        return node;
    }

    void option(Node& node, const std::string& argument)
    {
        if (node.kind == Kind::Join || node.kind == Kind::Sorted) {
            node.name = argument;
            node.named = true;
            return;
        }
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos || (node.kind != Kind::Words && node.kind != Kind::Spans && node.kind != Kind::Tags))
            return fail("“" + argument + "” has no place here");
        node.words[argument.substr(0, equals)] = argument.substr(equals + 1);
    }

    // Parted by commas, without the blanks around them; what stands in quotes is kept as it is.
    static std::vector<std::string> argumentsOf(std::string_view text)
    {
        std::vector<std::string> arguments;
        std::string one;
        bool quoted = false, wasQuoted = false;
        const auto flush = [&] {
            if (!wasQuoted)
                while (!one.empty() && one.back() == ' ')
                    one.pop_back();
            if (!one.empty() || wasQuoted)
                arguments.push_back(std::exchange(one, {}));
            wasQuoted = false;
        };
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            const char after = i + 1 < text.size() ? text[i + 1] : '\0';
            if (quoted && c == '\\' && (after == 'n' || after == 't' || after == '"' || after == '\\')) {
                one += after == 'n' ? '\n' : after == 't' ? '\t' : after;
                ++i;
            } else if (c == '"') {
                quoted = !quoted;
                wasQuoted = true;
            } else if (c == ',' && !quoted) {
                flush();
            } else if (quoted || c != ' ' || !one.empty()) {
                one += c;
            }
        }
        flush();
        return arguments;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_wrong;
};

}  // namespace

Result<std::unique_ptr<Expression::Node>> compiled(std::string_view text)
{
    return Compiler(text).compile();
}

}  // namespace taskfold::data
