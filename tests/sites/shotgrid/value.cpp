#include "tests/sites/shotgrid/value.hpp"

#include "tests/sites/shotgrid/fault.hpp"

#include <foley/shape.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <algorithm>

namespace foley::sim::shotgrid {

namespace {

[[noreturn]] void wrong_class(const std::string& where, std::string_view expected, const json::Value& sent) {
    throw Fault(kBadRequest, where + " expected [" + std::string(expected) +
                                 "] data type(s) but got: " + json::stringify(sent).substr(0, 200));
}

bool is_date(std::string_view text) {
    return text.size() == 10 && parse_timestamp(std::string(text).append("T00:00:00Z")).has_value();
}

Value text_value(const json::Value& sent, const Field& field, const std::string& where) {
    if (!sent.IsString()) wrong_class(where, "String", sent);
    const std::string text(json::text_or_empty(sent));
    if (text.empty()) return {};
    if (!field.choices.empty() && std::find(field.choices.begin(), field.choices.end(), text) == field.choices.end())
        throw Fault(kBadRequest, where + " '" + text + "' is not one of its valid values");
    return text;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

Link link_from(const json::Value& sent, const std::string& where) {
    const auto link = site::shotgrid::link_of(sent);
    if (!link) wrong_class(where, "Hash with type and id", sent);
    return {link->type, link->id};
}

std::string normalised_time(std::string_view text, const std::string& where) {
    const auto time = is_date(text) ? parse_timestamp(std::string(text).append("T00:00:00Z")) : parse_timestamp(text);
    if (!time) throw Fault(kBadRequest, where + " '" + std::string(text) + "' is not a date_time");
    const auto quoted = site::shotgrid::Value(*time).json();
    return quoted.substr(1, quoted.size() - 2);
}

Value value_from(const json::Value& sent, const Field& field, const std::string& where) {
    if (sent.IsNull()) {
        if (field.type == DataType::multi_entity) return Links{};
        if (field.type == DataType::checkbox) wrong_class(where, "Boolean", sent);
        return {};
    }
    switch (field.type) {
        case DataType::number: {
            const auto number = json::integer(sent);
            if (!number) wrong_class(where, "Integer", sent);
            return *number;
        }
        case DataType::real: {
            const auto number = json::number(sent);
            if (!number) wrong_class(where, "Float", sent);
            return *number;
        }
        case DataType::checkbox:
            if (!sent.IsBool()) wrong_class(where, "Boolean", sent);
            return sent.GetBool();
        case DataType::date:
            if (!is_date(json::text_or_empty(sent))) wrong_class(where, "Date", sent);
            return std::string(json::text_or_empty(sent));
        case DataType::date_time:
            if (!sent.IsString()) wrong_class(where, "DateTime", sent);
            return normalised_time(json::text_or_empty(sent), where);
        case DataType::entity:
            return link_from(sent, where);
        case DataType::multi_entity: {
            if (!sent.IsArray()) wrong_class(where, "Array", sent);
            Links links;
            for (const auto& element : sent.GetArray()) {
                auto link = link_from(element, where);
                if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(std::move(link));
            }
            return links;
        }
        case DataType::serializable:
            return Raw{json::stringify(sent)};
        case DataType::text:
        case DataType::uuid:
        case DataType::list:
        case DataType::status_list:
        case DataType::image:
            break;
    }
    return text_value(sent, field, where);
}

}  // namespace foley::sim::shotgrid
