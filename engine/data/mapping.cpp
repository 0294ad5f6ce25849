#include "engine/data/mapping.h"

#include "engine/data/mappingnodes.h"

#include <algorithm>

namespace taskfold::data {

namespace {

void collect(const Expression::Node& node, std::vector<std::string>& names)
{
    if (node.kind == Expression::Node::Kind::Path && !node.steps.empty()) {
        names.push_back(node.steps.front().name);
        if (node.name != node.steps.front().name)
            names.push_back(node.name);
    }
    if (node.whole)
        names.push_back(node.whole->name);
    for (const auto& part : node.parts)
        collect(*part, names);
}

void addPaths(const Record& record, const Value& value, const std::string& path,
    std::vector<std::pair<std::string, const Value*>>& paths, int depth)
{
    constexpr int kDeepest = 8;
    if (value.kind == ValueKind::Object && depth < kDeepest) {
        for (std::uint32_t i = 0; i < value.count; ++i)
            addPaths(record, record.child(value, i),
                path.empty() ? std::string(record.nameOf(value, i)) : path + "." + std::string(record.nameOf(value, i)), paths, depth + 1);
        return;
    }
    paths.emplace_back(path, &value);
    if (value.kind == ValueKind::List && value.count > 0 && depth < kDeepest
        && record.child(value, 0).kind == ValueKind::Object)
        addPaths(record, record.child(value, 0), path + "[]", paths, depth + 1);
}

}  // namespace

Expression::Expression(std::unique_ptr<Node> root) : m_root(std::move(root)) { }
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Result<Expression> Expression::compile(const std::string& text)
{
    Result<std::unique_ptr<Node>> node = compiled(text);
    if (!node)
        return std::move(node).error();
    return Expression(*std::move(node));
}

std::optional<FieldTrouble> Expression::evaluate(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    return m_root->evaluate(record, texts, type);
}

const Value* Expression::textOf(const Record& record) const
{
    const Node& node = *m_root;
    if (node.kind != Node::Kind::Path || node.steps.size() != 1 || node.steps.front().index != Step::kName || record.root.kind != ValueKind::Object)
        return nullptr;
    const Value* value = record.find(record.root, node.name, node.hint);
    return value && value->kind == ValueKind::Text ? value : nullptr;
}

std::vector<std::string> Expression::reads() const
{
    std::vector<std::string> names;
    collect(*m_root, names);
    return names;
}

std::vector<std::pair<std::string, const Value*>> pathsOf(const Record& record)
{
    std::vector<std::pair<std::string, const Value*>> paths;
    addPaths(record, record.root, {}, paths, 0);
    return paths;
}

std::vector<std::string> textsAt(const Record& record, const std::string& field)
{
    const Result<Expression> expression = Expression::compile(field);
    std::vector<std::string_view> views;
    ValueKind type{};
    // Expressions keep the texts that they make in the record.
    if (!expression || expression->evaluate(const_cast<Record&>(record), views, type))
        return {};
    return {views.begin(), views.end()};
}

std::string describe(const Record& record, const Value& value)
{
    if (value.kind == ValueKind::List) {
        std::string text = "[";
        for (std::uint32_t i = 0; i < std::min<std::uint32_t>(value.count, 8); ++i)
            text += (i > 0 ? ", " : "") + describe(record, record.child(value, i));
        return text + (value.count > 8 ? ", …]" : "]");
    }
    if (value.kind == ValueKind::Object)
        return "{…}";
    return value.kind == ValueKind::Null ? "null" : std::string(value.text);
}

}  // namespace taskfold::data
