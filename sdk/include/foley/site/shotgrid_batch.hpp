// What is written to a ShotGrid site: the fields of one entity, and several writes that travel together.
//
//     shotgrid.update("Task", 7, Fields().set("sg_status_list", "ip").add("task_assignees", {Link{"HumanUser", 1}}));
#pragma once

#include <foley/json.hpp>
#include <foley/site/shotgrid_value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site {

namespace shotgrid {

// Values for the fields of one entity, in order. A dotted name ("entity.Shot.sg_status_list") writes to a linked one.
class Fields {
public:
    Fields() = default;
    // Each member of a JSON object is set. Throws ValidationError when it is none.
    Fields(const rapidjson::Value& object);

    Fields& set(std::string_view field, const Value& value);
    // To and from the links of a multi-entity field, whatever others it has. For update only.
    Fields& add(std::string_view field, const std::vector<Link>& links);
    Fields& remove(std::string_view field, const std::vector<Link>& links);

    bool empty() const noexcept { return fields_.empty(); }

    enum class Mode { set, add, remove };
    struct One {
        std::string field;
        Value value;
        Mode mode;
    };
    std::span<const One> all() const noexcept { return fields_; }

private:
    std::vector<One> fields_;
};

}  // namespace shotgrid

// Several writes that travel together; the site carries out all or none. A write cannot use the id of an entity that an
// earlier one creates. The site takes about a tenth of a second for each: keep to 200 or so.
class ShotgridBatch {
public:
    ShotgridBatch();
    ShotgridBatch(ShotgridBatch&&) noexcept;
    ShotgridBatch& operator=(ShotgridBatch&&) noexcept;
    ~ShotgridBatch();

    void create(std::string_view entity_type, const shotgrid::Fields& fields,
                const std::vector<std::string>& return_fields = {"id"});
    void update(std::string_view entity_type, std::int64_t id, const shotgrid::Fields& fields);
    void remove(std::string_view entity_type, std::int64_t id);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    struct Operations;  // of the client

private:
    friend class Shotgrid;
    std::unique_ptr<Operations> operations_;
};

}  // namespace foley::site
