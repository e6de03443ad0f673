// Shotgrid: the client of the ShotGrid (Flow Production Tracking) API, JSON over POST /api3/json. Queries with paging,
// create, update, remove, revive, batches, and what the site says about itself and its schema.
//
//     using namespace foley::site::shotgrid;
//     foley::site::Shotgrid shotgrid{context.site()};
//     shotgrid.set_session(event.session());
//     auto tasks = shotgrid.find({.type = "Task",
//                                 .filter = field("entity").is(Link{"Shot", 860}),
//                                 .fields = {"content", "sg_status_list"}});
//     for (const auto& task : tasks.GetArray()) …
//
// Entities are JSON as the site sends them, with `type` and `id` always there, unknown members kept and nothing
// converted; only "&lt;" in texts of the first level is "<" again. Ids are 64 bits wide.
//
// Thread: one at a time per object. Throws: SiteError and its types in foley/site/error.hpp. Of the site's own fault
// codes, 102, 106, 108 and 110 are an AuthenticationError, 103 a ValidationError, 104 a PermissionError when it speaks
// of permission, and all else a ServerError whose exception() is the code: "104".
//
// What is repeated by itself, with backoff and jitter: reads after a lost connection, a timeout, or status 429, 502 or
// 504; writes only after what proves that the site never got them (no connection, status 429). A write that was cut or
// timed out may have been carried out: it is never sent again, and the error's reached() says so. Status 503 (in
// maintenance, or too busy) is thrown at once, as transient: it takes longer than a call may wait.
//
// Over a Refuser, for a dry run, writes answer what was to be written; a new entity gets the id 0, which no entity has.
//
// The first call that needs to know the site's version and its page limit asks for `info` first, once.
#pragma once

#include <foley/json.hpp>
#include <foley/site/shotgrid_batch.hpp>
#include <foley/site/shotgrid_filter.hpp>
#include <foley/site/transport.hpp>
#include <foley/site_connection.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site {

struct ShotgridQuery {
    std::string type = {};  // of entity: "Task"
    shotgrid::Filter filter = {};
    std::vector<std::string> fields = {"id"};
    std::vector<shotgrid::Sort> order = {};  // none: by id
    std::size_t limit = 0;                   // of entities in all; 0: none
    bool retired = false;                    // the retired entities instead of the others
    bool archived_projects = true;           // also what belongs to archived projects
};

// One page.
struct ShotgridPage {
    rapidjson::Document entities;  // an array
    // The JSON text of the entity with this index in `entities`, on one line: cut out of the answer, as the site sent
    // it, or written anew where that has line breaks, or "&lt;" for "<". Precondition: index < entities.Size().
    std::string text(std::size_t index) const;
    // As many as were asked for, so there may be more.
    bool full = false;
    // The site's clock when it answered, from the header Date; nothing when there was none that can be read.
    std::optional<std::chrono::sys_seconds> server_time;

    // What text() cuts from: the answer, and where in it the entities stand; none where that is not known.
    std::string answer;
    std::vector<json::Span> spans;
};

struct ShotgridInfo {
    std::array<unsigned, 3> version{};
    std::size_t page_limit = 500;  // entities per page that the site gives at most
    rapidjson::Document json;      // all that it says

    bool is_at_least(unsigned major, unsigned minor, unsigned patch) const noexcept {
        return version >= std::array<unsigned, 3>{major, minor, patch};
    }
};

struct ShotgridOptions {
    // What the connection's user and secret are: a script's name and key, a person's login and password, or (the secret
    // alone) the token of a session. The connection's option `login` says the same in the configuration, and wins.
    enum class Login { script, person, session };
    Login login = Login::script;
    // Act as this person; also the connection's option `sudo_as_login`. Empty: as oneself.
    std::string sudo_as_login;

    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    std::chrono::milliseconds total_timeout{std::chrono::seconds(60)};
    std::size_t page_size = 500;  // of find; the site's own limit, when that is lower
    unsigned attempts = 3;        // in all, of what may be repeated; 1: nothing is
    std::chrono::milliseconds first_delay{750};
    std::chrono::milliseconds longest_delay{std::chrono::seconds(10)};  // also bounds a Retry-After
    // Told of each repetition. Levels as FOLEY_LOG_….
    std::function<void(int level, const std::string& text)> log;
    // Waits between attempts; false: stop waiting, the last error is thrown. Without it the thread sleeps.
    std::function<bool(std::chrono::milliseconds)> wait;
};

class Shotgrid {
public:
    // Over HTTP, with the connection's url, user, secret, proxy and ca_file. Does not talk to the site yet. Throws
    // ValidationError when the connection has no usable url, user or secret.
    explicit Shotgrid(const SiteConnection& connection, ShotgridOptions options = {});
    // Over any transport: a Refuser for a dry run, a Replayer, a fake.
    Shotgrid(const SiteConnection& connection, std::unique_ptr<Transport> transport, ShotgridOptions options = {});
    Shotgrid(Shotgrid&&) noexcept;
    Shotgrid& operator=(Shotgrid&&) noexcept;
    ~Shotgrid();

    // A transport as the first constructor makes it, to put another one around. A proxy may be given as a URL or in the
    // form of the vendor's client, [user:password@]host[:port] with port 8080 when it names none. `interrupted`: see
    // CurlTransport::Options.
    static std::unique_ptr<Transport> http_transport(const SiteConnection& connection,
                                                     std::function<bool()> interrupted = {});

    // The uuid of the browser session that caused the event at hand: pages of that session show at once what is written
    // from now on. Empty: none.
    void set_session(std::string_view uuid);

    // Version and capabilities. Asks each time, and remembers for the other calls. Needs no credentials.
    ShotgridInfo info();

    // An array of entities: all pages, up to the query's limit. Pages are told by number, so entities that come or go
    // meanwhile can move one across a border; to follow a log, use read() and move a filter on the id.
    rapidjson::Document find(const ShotgridQuery& query);
    // Page by page, for what is too much to hold; `page` says false to stop.
    void find_pages(const ShotgridQuery& query, const std::function<bool(const rapidjson::Value& page)>& page);
    // The first entity, or null. The query's limit does not count.
    rapidjson::Document find_one(const ShotgridQuery& query);
    // One request: the first page with the query's limit as its size, at most the site's page limit (0: that).
    ShotgridPage read(const ShotgridQuery& query);

    // Returns the entity: type, id, and the fields asked for.
    rapidjson::Document create(std::string_view entity_type, const shotgrid::Fields& fields,
                               const std::vector<std::string>& return_fields = {"id"});
    // Returns the entity as the site answers: type, id and the changed fields.
    rapidjson::Document update(std::string_view entity_type, std::int64_t id, const shotgrid::Fields& fields);
    // Retires an entity: it is hidden and can be revived. False when it was retired already.
    bool remove(std::string_view entity_type, std::int64_t id);
    // False when it was not retired.
    bool revive(std::string_view entity_type, std::int64_t id);

    // One request. An array with the result of each write in order: the entity for create and update, true or false for
    // remove. An empty batch is not sent.
    rapidjson::Document send(const ShotgridBatch& batch);

    // {"sg_status_list": {"data_type": {"value", "editable"}, "properties": {"valid_values": {"value", …}, …}}, …}: all
    // fields of the type, or the one named.
    rapidjson::Document schema_field_read(std::string_view entity_type, std::string_view field = {});
    // Entity type to properties, all types.
    rapidjson::Document schema_entity_read();

    // Any other method, its parameters (null or an empty object: none) and its results as they are. A write answers
    // null in a dry run.
    rapidjson::Document call(std::string_view method, const rapidjson::Value& parameters, Request::Effect effect);

    // The site's clock as of its last answer, from the header Date: nothing before the first, or without that header. A
    // fault of the API is an answer; a proxy's page is not.
    std::optional<std::chrono::sys_seconds> last_server_time() const noexcept;

    // As configured, without user info, and without a slash at the end.
    const std::string& url() const noexcept;
    const std::string& user() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace foley::site
