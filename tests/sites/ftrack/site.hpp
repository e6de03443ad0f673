// Site: the simulated ftrack server without its sockets: entities, the API over them, and the events that changes
// cause.
//
// Thread: the simulation's. Throws: ApiError.
#pragma once

#include "tests/sites/ftrack/store.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::sim {

// Who makes a change, as the events name him.
struct Actor {
    std::string user = "ann@example.com";
    std::string user_id = "user-ann";
    std::string client_token;
    std::string application = "ftrack.client.web";
};

// Who has an attribute, besides those of its type.
struct AttributeReach {
    bool hierarchical = false;  // all contexts have it
    std::string project;        // only in the one of this id; empty: in all
};

class Site {
public:
    // `publish` gets each event, a JSON object as text.
    explicit Site(std::function<void(const std::string& event)> publish);

    Store& store() noexcept { return store_; }

    // One API operation; `denormalize` as in the header ftrack-api-options. Fills `result`.
    void operate(const json::Value& operation, const Actor& actor, bool denormalize, json::Document& result);

    // ── what people do on the web page; each causes its event ────────────────────────────────────────────────────
    // The texts are the options' values. Works for contexts and versions that have a configuration for `key`.
    void set_choices(const std::string& entity, const std::string& key, const std::vector<std::string>& values,
                     const Actor& actor = {});
    void rename(const std::string& context, const std::string& name, const Actor& actor = {});
    void move(const std::string& context, const std::string& parent, const Actor& actor = {});
    std::string add_context(const std::string& type, const std::string& parent, const std::string& name,
                            const Actor& actor = {});
    void remove(const std::string& entity, const Actor& actor = {});
    // The files of a component arrive at a location: ftrack.location.component-added.
    void add_component_location(const std::string& component, const std::string& location,
                                const std::string& resource_identifier, const Actor& actor = {});

    std::vector<std::string> choices(const std::string& entity, const std::string& key);
    // A CustomAttributeConfiguration, an enumerator of several choices. object_type only for `task`, and not for a
    // hierarchical one.
    std::string add_configuration(const std::string& key, const std::string& entity_type,
                                  const std::string& object_type,
                                  const std::vector<std::pair<std::string, std::string>>& menu_and_value,
                                  const AttributeReach& reach = {});
    // With all its values; no event tells of it.
    void remove_configuration(const std::string& id);

    json::Document server_information();

private:
    void add_built_ins();
    json::Document create(const json::Value& operation, const Actor& actor);
    json::Document update(const json::Value& operation, const Actor& actor);
    void remove_entity(const json::Value& operation, const Actor& actor);
    Entity& any(const std::string& id);
    Entity* configuration_for(const Entity& entity, const std::string& key);
    Entity* value_of(const Entity& entity, const Entity& configuration);
    void put_value(Entity& entity, Entity& configuration, const json::Value& value, const Actor& actor);
    struct Changed {
        std::string key, old_text, new_text;
    };
    void announce(const Entity& entity, const std::string& action, const std::vector<Changed>& changes,
                  const Actor& actor);

    Store store_;
    std::function<void(const std::string&)> publish_;
};

}  // namespace foley::sim
