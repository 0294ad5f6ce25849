#include "engine/format/configvalues.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace taskfold::configvalues {

using nlohmann::json;

namespace {

const json* find(const json& object, std::string_view name)
{
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

// A file's value in a message: short, and without what could break a line.
std::string excerpt(const json& value)
{
    std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > 60)
        text = text.substr(0, 57) + "...";
    return text;
}

bool isOff(const json& value)
{
    return value.is_null() || (value.is_boolean() && !value.get<bool>()) || (value.is_number() && value.get<double>() == 0)
        || (value.is_structured() && value.empty()) || (value.is_string() && value.get_ref<const std::string&>().empty());
}

}  // namespace

void refuse(std::string what)
{
    throw Refused{{ErrorCode::InvalidInput, std::move(what)}};
}

void refuseUnsupported(std::string what)
{
    throw Refused{{ErrorCode::Unsupported, std::move(what)}};
}

bool isSet(const json& object, std::string_view name)
{
    return find(object, name) != nullptr;
}

std::int64_t wholeAt(const json& object, std::string_view name, std::int64_t least, std::int64_t most,
    std::optional<std::int64_t> otherwise)
{
    const json* value = find(object, name);
    if (value == nullptr) {
        if (otherwise)
            return *otherwise;
        refuse(std::string(name) + " is missing");
    }
    const bool fits = value->is_number_unsigned()
        ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::max<std::int64_t>(most, 0))
        : value->is_number_integer();
    if (!fits || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most)
        refuse(std::string(name) + " is " + excerpt(*value) + ", not a whole number from " + std::to_string(least) + " to "
            + std::to_string(most));
    return value->get<std::int64_t>();
}

double positiveAt(const json& object, std::string_view name, std::optional<double> otherwise)
{
    const json* value = find(object, name);
    if (value == nullptr) {
        if (otherwise)
            return *otherwise;
        refuse(std::string(name) + " is missing");
    }
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() <= 0)
        refuse(std::string(name) + " is " + excerpt(*value) + ", not a number above zero");
    return value->get<double>();
}

bool flagAt(const json& object, std::string_view name, bool otherwise)
{
    const json* value = find(object, name);
    if (value == nullptr)
        return otherwise;
    if (!value->is_boolean())
        refuse(std::string(name) + " is " + excerpt(*value) + ", not true or false");
    return value->get<bool>();
}

std::string wordAt(const json& object, std::string_view name, std::string_view otherwise)
{
    const json* value = find(object, name);
    if (value == nullptr)
        return std::string(otherwise);
    if (!value->is_string())
        refuse(std::string(name) + " is " + excerpt(*value) + ", not a text");
    return value->get<std::string>();
}

void refuseUnknown(const json& object, std::span<const std::string_view> known, std::string_view prefix)
{
    for (const auto& [name, value] : object.items()) {
        const bool isKnown = std::find(known.begin(), known.end(), name) != known.end();
        if (!isKnown && !name.starts_with("_") && !isOff(value))
            refuseUnsupported(std::string(prefix) + name.substr(0, 100) + " = " + excerpt(value));
    }
}

}  // namespace taskfold::configvalues
