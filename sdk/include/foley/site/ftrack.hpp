// Ftrack: the client of the ftrack API. Queries with paging, create, update, delete, batches of them, and what the
// server says about itself.
//
//     foley::site::Ftrack ftrack{context.site()};
//     auto tasks = ftrack.query("select id, name, link from Task where id is " + foley::site::ftrack::quoted_id(id));
//     for (const auto& task : tasks.GetArray()) …
//
// Thread: one at a time per object. Throws: SiteError and its types in foley/site/error.hpp.
//
// What is repeated by itself, with backoff and jitter, after a lost connection, a timeout, or status 429, 502, 503 or
// 504: queries always; writes only when it is certain that the site has not acted on them. One exception: a single
// create is repeated also after an uncertain failure, since its id is made here: when the first one was carried out
// after all, the second one fails visibly, the entity is looked up, and that is logged.
#pragma once

#include <foley/json.hpp>
#include <foley/site/ftrack_expression.hpp>
#include <foley/site/transport.hpp>
#include <foley/site_connection.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace foley::site {

// Several operations that travel together; the site carries them out in order, all or none.
class FtrackBatch {
public:
    FtrackBatch();
    FtrackBatch(FtrackBatch&&) noexcept;
    FtrackBatch& operator=(FtrackBatch&&) noexcept;
    ~FtrackBatch();

    // One page only: the expression carries its own limit.
    void query(std::string_view expression);
    // `attributes` is an object; references are objects with __entity_type__ and id. Returns the id of the new entity:
    // the member `id` of `attributes` when there is one, else a new one.
    std::string create(std::string_view entity_type, const rapidjson::Value& attributes);
    // `key` holds the values of the type's primary key in order: mostly one id; configuration id and entity id of a
    // custom attribute's value; name and group of a Setting.
    void update(std::string_view entity_type, std::span<const std::string> key, const rapidjson::Value& attributes);
    void update(std::string_view entity_type, const std::string& id, const rapidjson::Value& attributes);
    void remove(std::string_view entity_type, std::span<const std::string> key);
    void remove(std::string_view entity_type, const std::string& id);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    struct Operations;  // of the client

private:
    friend class Ftrack;
    std::unique_ptr<Operations> operations_;
};

// Where the site keeps its files, when it uses the centralized storage scenario.
struct FtrackStorage {
    std::string scenario;     // "ftrack.centralized-storage", "ftrack.automatic", or empty: none
    std::string location_id;  // of the Location entity
    std::string location_name;
    std::string mount_linux;  // the folder that the location is mounted at, per platform; empty: not set
    std::string mount_osx;
    std::string mount_windows;

    bool centralized() const noexcept { return scenario == "ftrack.centralized-storage" && !location_id.empty(); }
};

struct FtrackOptions {
    std::chrono::milliseconds connect_timeout{std::chrono::seconds(10)};
    std::chrono::milliseconds total_timeout{std::chrono::seconds(60)};
    std::size_t page_size = 500;
    unsigned attempts = 5;  // in all, of what may be repeated
    std::chrono::milliseconds first_delay{200};
    std::chrono::milliseconds longest_delay{std::chrono::seconds(10)};  // also bounds a Retry-After
    std::string client_token;  // comes back as clientToken in the events that this client causes; empty: none
    // Told of each repetition and of each write that a dry run refused. Levels as FOLEY_LOG_….
    std::function<void(int level, const std::string& text)> log;
    // Waits between attempts; false: stop waiting, the last error is thrown. Without it the thread sleeps.
    std::function<bool(std::chrono::milliseconds)> wait;
};

class Ftrack {
public:
    // Over HTTP, with the connection's url, user, secret, proxy and ca_file. Does not talk to the site yet. Throws
    // ValidationError when the connection has no usable url, user or secret.
    explicit Ftrack(const SiteConnection& connection, FtrackOptions options = {});
    // Over any transport: a Refuser for a dry run, a Replayer, a fake.
    Ftrack(const SiteConnection& connection, std::unique_ptr<Transport> transport, FtrackOptions options = {});
    Ftrack(Ftrack&&) noexcept;
    Ftrack& operator=(Ftrack&&) noexcept;
    ~Ftrack();

    // A transport as the first constructor makes it, to put another one around.
    static std::unique_ptr<Transport> http_transport(const SiteConnection& connection);

    // An array of entities, all pages. An expression that ends in its own offset or limit is sent once, as it is.
    // Entities that the site sent reduced to type and id, because they occur elsewhere in full, are filled.
    rapidjson::Document query(std::string_view expression);
    // Page by page, for what is too much to hold; `page` says false to stop.
    void query_pages(std::string_view expression, const std::function<bool(const rapidjson::Value& page)>& page);
    // The first entity, or null: sends `limit 1`, so the expression must not end in an offset or limit.
    rapidjson::Document query_first(std::string_view expression);

    // Returns the entity as the site answers: id and what else it sends.
    rapidjson::Document create(std::string_view entity_type, const rapidjson::Value& attributes);
    rapidjson::Document update(std::string_view entity_type, std::span<const std::string> key,
                               const rapidjson::Value& attributes);
    rapidjson::Document update(std::string_view entity_type, const std::string& id, const rapidjson::Value& attributes);
    void remove(std::string_view entity_type, std::span<const std::string> key);
    void remove(std::string_view entity_type, const std::string& id);

    // One request. An array with the result of each operation in order: an array of entities for a query, the entity
    // for create and update, true for remove. An empty batch is not sent.
    rapidjson::Document send(const FtrackBatch& batch);

    // What query_server_information answers: version, schema_hash, storage_scenario, …. Also checks the credentials.
    rapidjson::Document server_information();
    FtrackStorage storage();

    // https://studio.example.com, without a slash at the end.
    const std::string& url() const noexcept;
    const std::string& user() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace foley::site
