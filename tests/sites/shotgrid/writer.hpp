// Writer: one transaction of writes. Entities change as they are written; the events of the changes get their ids and
// appear when the transaction commits. Without commit() everything is undone, and the ids that the events would have
// had are lost, as with a transaction that failed.
#pragma once

#include "tests/sites/shotgrid/site.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace foley::sim::shotgrid {

class Writer {
public:
    Writer(Site& site, Actor actor);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // The parameters of the methods; the results as JSON.
    std::string create(const json::Value& parameters);
    std::string update(const json::Value& parameters);
    std::string remove(const json::Value& parameters);
    std::string revive(const json::Value& parameters);
    // An element of a batch, by its request_type.
    std::string write(const json::Value& request);

    // Returns the ids of the events.
    std::vector<std::int64_t> commit();

private:
    struct Target {
        const Type& type;
        Row& row;
        Link link;
    };
    Target target(const json::Value& parameters, std::string_view method, bool also_retired);
    // Remembers how the row was.
    void touch(const Link& link);
    void set_fields(const Target& target, const json::Value& fields, std::string_view method, bool in_create,
                    std::string* answer);
    // Follows a dotted name to the entity that has the field.
    std::pair<Target, std::size_t> field_of(const Target& target, const std::string& name, const std::string& where);
    void change(const Target& target, std::size_t field, const Value& value, bool in_create);
    void change_back_reference(const Link& owner, const Field& field, const Value& before, const Value& after);
    void retire(const Target& target, bool on);

    void announce(const Target& target, std::string_view action, std::string_view attribute, const std::string& meta);
    std::string change_meta(const Link& about, const Field& field, const Value& before, const Value& after,
                            const std::string& more) const;
    std::string meta_value(const Value& value, const Field& field) const;
    std::string meta_links(const Links& links) const;

    Site& site_;
    Actor actor_;
    std::vector<std::pair<Link, std::optional<Row>>> before_;
    std::vector<Row> events_;
    bool creating_ = false;  // the event `_New` will go before those that are there
    bool committed_ = false;
};

}  // namespace foley::sim::shotgrid
