#include "backoff.hpp"
#include "ftrack_answer.hpp"
#include "ftrack_batch.hpp"
#include "ftrack_merge.hpp"
#include "json_members.hpp"

#include <foley/abi.h>
#include <foley/site/curl_transport.hpp>
#include <foley/site/ftrack.hpp>

#include <algorithm>
#include <utility>

namespace foley::site {

namespace {

using Action = FtrackBatch::Operations::Action;

bool has_line_break(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos || text.find('\0') != std::string_view::npos;
}

std::string checked_url(const SiteConnection& connection) {
    std::string url = connection.url;
    while (!url.empty() && url.back() == '/')
        url.pop_back();
    const std::string name = "site '" + connection.name + "'";
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    if (scheme == 0 || url.size() == scheme || has_line_break(url))
        throw ValidationError(name + ": the url must be of the form https://studio.example.com");
    if (url.find_first_of("@?#", scheme) != std::string::npos)
        throw ValidationError(name +
                              ": the url holds more than scheme, host and port. User and key have settings of "
                              "their own.");
    if (connection.user.empty() || connection.secret.empty())
        throw ValidationError(name + ": the API user and key are needed");
    if (has_line_break(connection.user) || has_line_break(connection.secret.reveal()))
        throw ValidationError(name + ": the API user or key holds a line break");
    return url;
}

// "… limit 10": the caller has chosen the part that he wants.
bool ends_in_paging(std::string_view expression) {
    const auto last_word = [&expression]() {
        const auto end = expression.find_last_not_of(" \t\r\n");
        if (end == std::string_view::npos) return std::string_view();
        const auto before = expression.find_last_of(" \t\r\n", end);
        const auto start = before == std::string_view::npos ? 0 : before + 1;
        const auto word = expression.substr(start, end - start + 1);
        expression = expression.substr(0, start);
        return word;
    };
    const auto number = last_word();
    if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) return false;
    std::string keyword(last_word());
    std::transform(keyword.begin(), keyword.end(), keyword.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return keyword == "limit" || keyword == "offset";
}

// What may be sent once more after an error.
enum class Repeat {
    freely,   // reads
    certain,  // writes: only when the site cannot have acted on it
    create,   // one create: also when it may have
};

// The site did not come to look at the request. After any other 5xx it may have, and a repetition at once seldom helps.
bool is_turned_away(int status) {
    return status == 429 || status == 502 || status == 503 || status == 504;
}

bool may_repeat(const SiteError& error, Repeat repeat) {
    if (const auto* lost = dynamic_cast<const ConnectionError*>(&error))
        return repeat != Repeat::certain || lost->reached() == Reached::no;
    if (const auto* late = dynamic_cast<const TimeoutError*>(&error))
        return repeat != Repeat::certain || late->reached() == Reached::no;
    if (const auto* status = dynamic_cast<const StatusError*>(&error)) {
        if (status->status() == 429) return true;
        return repeat != Repeat::certain && is_turned_away(status->status());
    }
    const auto* server = dynamic_cast<const ServerError*>(&error);
    return server != nullptr && is_turned_away(server->status()) && repeat != Repeat::certain;
}

// The site looked at the request and said no.
bool is_refusal(const SiteError& error) {
    return !error.transient() || error.kind() == SiteError::Kind::server;
}

}  // namespace

struct Ftrack::State {
    State(const SiteConnection& connection, std::unique_ptr<Transport> way, FtrackOptions chosen)
        : url(checked_url(connection)),
          user(connection.user),
          transport(std::move(way)),
          options(std::move(chosen)),
          backoff(options.first_delay, options.longest_delay, options.wait) {
        headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"},
                   {"ftrack-user", connection.user},     {"ftrack-api-key", connection.secret.reveal()},
                   {"ftrack-strict-api", "true"},        {"ftrack-api-options", "strict:1;denormalize:1"}};
        if (!options.client_token.empty()) headers.emplace_back("ftrack-clienttoken", options.client_token);
        if (options.page_size == 0) options.page_size = 1;
    }

    // Sends the operations and parses the answer: an array with one element per operation.
    void call(const FtrackBatch::Operations& operations, rapidjson::Document& out);
    // The same with what page() and send() make of it.
    bool exchange(const Request& request, std::size_t count, const std::string& subject, rapidjson::Document& out,
                  Repeat repeat);
    void log(int level, const std::string& text) const {
        if (options.log) options.log(level, text);
    }

    std::string url;
    std::string user;
    std::unique_ptr<Transport> transport;
    FtrackOptions options;
    Headers headers;
    Backoff backoff;
};

// True when an earlier attempt may have reached the site before this one succeeded or failed for good.
bool Ftrack::State::exchange(const Request& request, std::size_t count, const std::string& subject,
                             rapidjson::Document& out, Repeat repeat) {
    const auto give_up = std::chrono::steady_clock::now() + options.total_timeout;
    for (unsigned attempt = 0;; ++attempt) {
        try {
            read_ftrack_answer(transport->send(request), count, subject, out);
            return attempt > 0;
        } catch (const SiteError& error) {
            const bool repeatable = may_repeat(error, repeat);
            // A create that was repeated and is now refused may have been carried out the first time.
            if (!repeatable && attempt > 0 && repeat == Repeat::create && is_refusal(error)) {
                log(FOLEY_LOG_WARNING,
                    subject + ": repeated after an uncertain failure, and now refused: " + error.what());
                out.SetNull();
                return true;
            }
            if (!repeatable || attempt + 1 >= options.attempts || std::chrono::steady_clock::now() >= give_up) throw;
            const auto delay = backoff.delay(attempt, error);
            log(FOLEY_LOG_WARNING, std::string(error.what()) + ". Again in " + std::to_string(delay.count()) + " ms.");
            if (!backoff.wait(delay)) throw;
        }
    }
}

void Ftrack::State::call(const FtrackBatch::Operations& operations, rapidjson::Document& out) {
    Request request;
    request.method = "POST";
    request.url = url + "/api";
    request.headers = headers;
    request.body = json::stringify(operations.body);
    request.what = operations.what();
    request.connect_timeout = options.connect_timeout;
    request.total_timeout = options.total_timeout;
    Repeat repeat = Repeat::freely;
    request.effect = Request::Effect::read;
    if (operations.writes()) {
        request.effect = Request::Effect::write;
        request.pretend = json::stringify(operations.pretend);
        const bool one_create = operations.list.size() == 1 && operations.list[0].action == Action::create &&
                                !operations.list[0].id.empty();
        repeat = one_create ? Repeat::create : Repeat::certain;
    }
    const std::string subject = "ftrack " + url + ": " + request.what;
    exchange(request, operations.list.size(), subject, out, repeat);
    if (!out.IsNull()) return;

    // Only after a create: was the first attempt carried out?
    const auto& created = operations.list.front();
    FtrackBatch lookup;
    lookup.query("select id from " + created.entity_type + " where id is " + ftrack::quoted(created.id) + " limit 1");
    rapidjson::Document found;
    call(*lookup.operations_, found);
    const auto* data = member_of(found[0], "data");
    if (data == nullptr || !data->IsArray() || data->Empty())
        throw ValidationError(subject + ": the site refuses it, and it is not there. See the log for its reason.");
    log(FOLEY_LOG_WARNING, subject + ": it is there, the answer to an earlier attempt was lost.");
    out.Parse(request.body);
    rapidjson::Value entity(out[0]["entity_data"], out.GetAllocator());
    out[0].RemoveMember("entity_data");
    out[0].AddMember("data", entity, out.GetAllocator());
}

Ftrack::Ftrack(const SiteConnection& connection, FtrackOptions options)
    : Ftrack(connection, http_transport(connection), std::move(options)) {}

Ftrack::Ftrack(const SiteConnection& connection, std::unique_ptr<Transport> transport, FtrackOptions options)
    : state_(std::make_unique<State>(connection, std::move(transport), std::move(options))) {}

Ftrack::Ftrack(Ftrack&&) noexcept = default;
Ftrack& Ftrack::operator=(Ftrack&&) noexcept = default;
Ftrack::~Ftrack() = default;

std::unique_ptr<Transport> Ftrack::http_transport(const SiteConnection& connection) {
    CurlTransport::Options options;
    options.proxy = connection.proxy;
    options.ca_file = connection.ca_file;
    return std::make_unique<CurlTransport>(std::move(options));
}

const std::string& Ftrack::url() const noexcept {
    return state_->url;
}
const std::string& Ftrack::user() const noexcept {
    return state_->user;
}

rapidjson::Document Ftrack::send(const FtrackBatch& batch) {
    rapidjson::Document answer(rapidjson::kArrayType);
    if (batch.empty()) return answer;
    state_->call(*batch.operations_, answer);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& element = answer[static_cast<rapidjson::SizeType>(i)];
        const auto* found = member_of(element, "data");
        const bool is_query = batch.operations_->list[i].action == Action::query;
        if (found == nullptr || (is_query && !found->IsArray()))
            throw NotJsonError(
                "ftrack " + state_->url + ": " + batch.operations_->what() + ": an operation's answer has no data",
                json::stringify(element).substr(0, 200));
        rapidjson::Value data = std::move(element["data"]);
        if (is_query) fill_reduced(data, answer.GetAllocator());
        element = std::move(data);
    }
    return answer;
}

void Ftrack::query_pages(std::string_view expression, const std::function<bool(const rapidjson::Value& page)>& page) {
    const bool own_paging = ends_in_paging(expression);
    std::uint64_t offset = 0;
    for (;;) {
        FtrackBatch batch;
        batch.query(own_paging ? std::string(expression)
                               : std::string(expression) + " offset " + std::to_string(offset) + " limit " +
                                     std::to_string(state_->options.page_size));
        rapidjson::Document answer;
        state_->call(*batch.operations_, answer);
        auto& element = answer[0];
        if (!json::member(element, "data").IsArray())
            throw NotJsonError("ftrack " + state_->url + ": " + batch.operations_->what() + ": the answer has no data",
                               json::stringify(element).substr(0, 200));
        auto& data = element["data"];
        fill_reduced(data, answer.GetAllocator());
        const auto size = data.Size();
        if (size == 0 || !page(data) || own_paging) return;

        const auto* metadata = member_of(element, "metadata");
        const auto* next = metadata != nullptr ? member_of(*metadata, "next") : nullptr;
        const auto* next_offset = next != nullptr ? member_of(*next, "offset") : nullptr;
        if (next_offset != nullptr && next_offset->IsUint64() && next_offset->GetUint64() > offset) {
            offset = next_offset->GetUint64();
        } else if (metadata == nullptr && size >= state_->options.page_size) {
            offset += size;
        } else {
            return;
        }
    }
}

rapidjson::Document Ftrack::query(std::string_view expression) {
    rapidjson::Document out(rapidjson::kArrayType);
    query_pages(expression, [&out](const rapidjson::Value& page) {
        for (const auto& entity : page.GetArray())
            out.PushBack(rapidjson::Value(entity, out.GetAllocator()), out.GetAllocator());
        return true;
    });
    return out;
}

rapidjson::Document Ftrack::query_first(std::string_view expression) {
    if (ends_in_paging(expression))
        throw ValidationError("query_first adds its own limit; this expression has one: " + std::string(expression));
    rapidjson::Document out;
    query_pages(std::string(expression) + " limit 1", [&out](const rapidjson::Value& page) {
        out.CopyFrom(page[0], out.GetAllocator());
        return false;
    });
    return out;
}

namespace {

rapidjson::Document only(rapidjson::Document results) {
    rapidjson::Document out;
    out.CopyFrom(results[0], out.GetAllocator());
    return out;
}

}  // namespace

rapidjson::Document Ftrack::create(std::string_view entity_type, const rapidjson::Value& attributes) {
    FtrackBatch batch;
    batch.create(entity_type, attributes);
    return only(send(batch));
}

rapidjson::Document Ftrack::update(std::string_view entity_type, std::span<const std::string> key,
                                   const rapidjson::Value& attributes) {
    FtrackBatch batch;
    batch.update(entity_type, key, attributes);
    return only(send(batch));
}

rapidjson::Document Ftrack::update(std::string_view entity_type, const std::string& id,
                                   const rapidjson::Value& attributes) {
    return update(entity_type, std::span(&id, 1), attributes);
}

void Ftrack::remove(std::string_view entity_type, std::span<const std::string> key) {
    FtrackBatch batch;
    batch.remove(entity_type, key);
    send(batch);
}

void Ftrack::remove(std::string_view entity_type, const std::string& id) {
    remove(entity_type, std::span(&id, 1));
}

rapidjson::Document Ftrack::server_information() {
    FtrackBatch::Operations operations;
    operations.first = "query_server_information";
    auto& allocator = operations.body.GetAllocator();
    rapidjson::Value wire(rapidjson::kObjectType);
    wire.AddMember("action", "query_server_information", allocator);
    operations.add({Action::information, {}, {}}, std::move(wire), rapidjson::Value(rapidjson::kObjectType));
    rapidjson::Document answer;
    state_->call(operations, answer);
    if (!answer[0].IsObject())
        throw NotJsonError("ftrack " + state_->url + ": query_server_information: the answer is not an object",
                           json::stringify(answer[0]).substr(0, 200));
    return only(std::move(answer));
}

FtrackStorage Ftrack::storage() {
    const auto information = server_information();
    FtrackStorage out;
    const auto* scenario = &json::member(information, "storage_scenario");
    // The Setting behind it is a text of JSON; the server sends it decoded, older ones perhaps not.
    rapidjson::Document decoded;
    if (scenario->IsString()) {
        try {
            decoded = json::parse(json::text_or_empty(*scenario));
        } catch (const json::ParseError& error) {
            throw NotJsonError("ftrack " + state_->url + ": the storage scenario is not JSON: " + error.what(),
                               std::string(json::text_or_empty(*scenario).substr(0, 200)));
        }
        scenario = &decoded;
    }
    out.scenario = json::text_or_empty(*scenario, "scenario");
    out.location_id = json::text_or_empty(*scenario, "data", "location_id");
    out.location_name = json::text_or_empty(*scenario, "data", "location_name");
    const auto& mounts = json::find(*scenario, "data", "accessor", "mount_points");
    out.mount_linux = json::text_or_empty(mounts, "linux");
    out.mount_osx = json::text_or_empty(mounts, "osx");
    out.mount_windows = json::text_or_empty(mounts, "windows");
    return out;
}

}  // namespace foley::site
