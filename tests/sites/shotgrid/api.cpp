#include "tests/sites/shotgrid/api.hpp"

#include "tests/sites/shotgrid/fault.hpp"
#include "tests/sites/shotgrid/reader.hpp"
#include "tests/sites/shotgrid/writer.hpp"

namespace foley::sim::shotgrid {

namespace {

std::string info(const Site& site) {
    std::string full;
    for (const auto part : site.version)
        full += (full.empty() ? "" : ",") + std::to_string(part);
    const auto short_form = full.substr(0, full.rfind(','));
    return R"({"full_version":[)" + full + R"(],"version":[)" + short_form +
           R"(],"user_authentication_method":"default","api_max_entities_per_page":)" +
           std::to_string(site.page_limit) + R"(,"s3_uploads_enabled":true})";
}

std::string property(const std::string& value, bool editable) {
    return R"({"value":)" + value + R"(,"editable":)" + (editable ? "true" : "false") + "}";
}

std::string field_schema(const Type& type, const Field& field) {
    std::string properties =
        R"("default_value":)" + property("null", false) + R"(,"summary_default":)" + property("\"none\"", true);
    if (field.type == DataType::list || field.type == DataType::status_list) {
        std::string choices;
        for (const auto& choice : field.choices)
            choices += (choices.empty() ? "" : ",") + json::quote(choice);
        properties += R"(,"valid_values":)" + property("[" + choices + "]", true);
    }
    return R"({"name":)" + property(json::quote(field.name), true) + R"(,"entity_type":)" +
           property(json::quote(type.name), false) + R"(,"data_type":)" +
           property(json::quote(name_of(field.type)), false) + R"(,"editable":)" +
           property(field.editable ? "true" : "false", false) + R"(,"properties":{)" + properties + "}}";
}

std::string schema_field_read(const Site& site, const json::Value& parameters) {
    const auto& type = site.store.schema().get(json::text_or_empty(parameters, "type"), "schema_field_read");
    const auto wanted = json::text_or_empty(parameters, "field_name");
    std::string out;
    for (const auto& field : type.fields) {
        if (!wanted.empty() && field.name != wanted) continue;
        out += (out.empty() ? "" : ",") + json::quote(field.name) + ":" + field_schema(type, field);
    }
    if (out.empty())
        throw Fault(kBadRequest,
                    "API schema_field_read() " + type.name + "." + std::string(wanted) + " doesn't exist.");
    return "{" + out + "}";
}

std::string schema_entity_read(const Site& site) {
    std::string out;
    for (const auto& [name, type] : site.store.schema().types())
        out += (out.empty() ? "" : ",") + json::quote(name) + R"(:{"name":)" + property(json::quote(name), true) +
               R"(,"visible":)" + property("true", false) + "}";
    return "{" + out + "}";
}

std::string write(Site& site, const Actor& actor, std::string_view method, const json::Value& parameters) {
    Writer writer(site, actor);
    std::string out;
    if (method == "batch") {
        if (!parameters.IsArray() || parameters.Empty())
            throw Fault(kBadRequest, "API batch() requires an array of requests.");
        for (const auto& request : parameters.GetArray())
            out += (out.empty() ? "[" : ",") + writer.write(request);
        out += ']';
    } else if (method == "create") {
        out = writer.create(parameters);
    } else if (method == "update") {
        out = writer.update(parameters);
    } else if (method == "delete") {
        out = writer.remove(parameters);
    } else if (method == "revive") {
        out = writer.revive(parameters);
    } else {
        throw Fault(kBadRequest, "API method '" + std::string(method) + "' is not known here.");
    }
    writer.commit();
    return out;
}

std::string results(Site& site, const json::Value& call) {
    const auto method = json::text_or_empty(call, "method_name");
    const auto& list = json::member(call, "params");
    if (method == "info") return info(site);
    const auto actor = site.authenticate(json::element(list, 0));
    const auto& parameters = json::element(list, 1);
    if (method == "read")
        return read(parameters, site.store, site.page_limit,
                    std::chrono::floor<std::chrono::seconds>(site.clock.now()));
    if (method == "schema_field_read") return schema_field_read(site, parameters);
    if (method == "schema_entity_read") return schema_entity_read(site);
    return write(site, actor, method, parameters);
}

}  // namespace

std::string fault_body(int code, const std::string& message) {
    return R"({"exception":true,"error_code":)" + std::to_string(code) + R"(,"message":)" + json::quote(message) + "}";
}

std::string answer_call(Site& site, const std::string& body) {
    site.log.settle(site.clock.now());
    try {
        return R"({"results":)" + results(site, json::parse(body)) + "}";
    } catch (const Fault& fault) {
        return fault_body(fault.code(), fault.what());
    } catch (const json::ParseError& error) {
        return fault_body(kBadRequest, error.what());
    }
}

std::string method_of(const std::string& body) {
    try {
        return std::string(json::text_or_empty(json::parse(body), "method_name"));
    } catch (const json::ParseError&) {
        return {};
    }
}

}  // namespace foley::sim::shotgrid
