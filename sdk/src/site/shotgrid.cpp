#include "backoff.hpp"
#include "foreign_answer.hpp"
#include "json_members.hpp"
#include "shotgrid_address.hpp"
#include "shotgrid_answer.hpp"
#include "shotgrid_batch.hpp"
#include "shotgrid_read.hpp"

#include <foley/abi.h>
#include <foley/site/curl_transport.hpp>
#include <foley/site/shotgrid.hpp>

#include <algorithm>
#include <utility>

namespace foley::site {

namespace {

using Effect = Request::Effect;
using Login = ShotgridOptions::Login;
using Action = ShotgridBatch::Operations::Action;

Login login_of(const SiteConnection& connection, Login otherwise) {
    const auto found = connection.options.find("login");
    if (found == connection.options.end()) return otherwise;
    if (found->second == "script") return Login::script;
    if (found->second == "person") return Login::person;
    if (found->second == "session") return Login::session;
    throw ValidationError("site '" + connection.name + "': login must be script, person or session, not '" +
                          found->second + "'");
}

// The members of the object that goes before the parameters.
std::string credentials_of(const SiteConnection& connection, const ShotgridOptions& options) {
    const auto login = login_of(connection, options.login);
    const auto member = [](std::string_view name, std::string_view value) {
        return json::quote(name) + ":" + json::quote(value);
    };
    if (connection.secret.empty() || (connection.user.empty() && login != Login::session))
        throw ValidationError("site '" + connection.name + "': the script name and the application key are needed");
    const auto secret = connection.secret.reveal();
    auto out = login == Login::script   ? member("script_name", connection.user) + "," + member("script_key", secret)
               : login == Login::person ? member("user_login", connection.user) + "," + member("user_password", secret)
                                        : member("session_token", secret);
    const auto found = connection.options.find("sudo_as_login");
    const auto& sudo = found == connection.options.end() ? options.sudo_as_login : found->second;
    if (!sudo.empty()) out += "," + member("sudo_as_login", sudo);
    return out;
}

bool may_repeat(const SiteError& error, Effect effect) {
    const bool read = effect == Effect::read;
    if (const auto* lost = dynamic_cast<const ConnectionError*>(&error)) return read || lost->reached() == Reached::no;
    if (const auto* late = dynamic_cast<const TimeoutError*>(&error)) return read || late->reached() == Reached::no;
    const auto* status = dynamic_cast<const StatusError*>(&error);
    if (status == nullptr) return false;
    return status->status() == 429 || (read && (status->status() == 502 || status->status() == 504));
}

std::string named(std::string_view verb, std::string_view entity_type, std::int64_t id) {
    return std::string(verb).append(" ").append(entity_type) + " " + std::to_string(id);
}

}  // namespace

struct Shotgrid::State {
    State(const SiteConnection& connection, std::unique_ptr<Transport> way, ShotgridOptions chosen)
        : address(shotgrid_address(connection)),
          user(connection.user),
          credentials(credentials_of(connection, chosen)),
          by_session(login_of(connection, chosen.login) == Login::session),
          transport(std::move(way)),
          options(std::move(chosen)),
          backoff(options.first_delay, options.longest_delay, options.wait) {
        headers = {{"Content-Type", "application/json; charset=utf-8"}, {"Accept", "application/json"}};
        if (!address.authorization.empty()) headers.emplace_back("Authorization", address.authorization);
        if (options.page_size == 0) options.page_size = 1;
    }

    struct Call {
        std::string method;
        std::string parameters;  // JSON; empty: none
        std::string what;
        Effect effect = Effect::read;
        std::string pretend;  // the results, for a dry run
    };
    // The text of an answer, and where in it the entities stand.
    struct Original {
        std::string body;
        std::vector<json::Span> entities;
    };
    rapidjson::Document call(const Call& call, Original* original = nullptr);
    rapidjson::Document exchange(const Request& request, const std::string& subject, Original* original);
    const ShotgridInfo& known();
    ShotgridInfo ask_info();
    // `pages_follow` asks the site whether there is another page.
    ShotgridRead read(const ShotgridQuery& query, std::size_t size, std::size_t page, bool pages_follow,
                      Original* original = nullptr);
    std::string subject(const std::string& what) const { return "ShotGrid " + address.shown + ": " + what; }
    [[noreturn]] void throw_wrong_form(const std::string& what, const rapidjson::Value& answer) const;
    bool yes_or_no(const Call& call);
    rapidjson::Document entity(const Call& call);

    ShotgridAddress address;
    std::string user;
    std::string credentials;
    bool by_session;
    std::unique_ptr<Transport> transport;
    ShotgridOptions options;
    Headers headers;
    Backoff backoff;
    std::string session;
    std::optional<ShotgridInfo> info;
    std::optional<std::chrono::sys_seconds> server_time;
};

void Shotgrid::State::throw_wrong_form(const std::string& what, const rapidjson::Value& answer) const {
    const auto text = json::stringify(answer);
    throw NotJsonError(subject(what) + ": the answer has another form than the API's: " + head_of(text),
                       text.substr(0, kHead));
}

rapidjson::Document Shotgrid::State::exchange(const Request& request, const std::string& subject, Original* original) {
    const auto give_up = std::chrono::steady_clock::now() + options.total_timeout;
    for (unsigned attempt = 0;; ++attempt) {
        try {
            auto response = transport->send(request);
            auto body = shotgrid_answer(response, subject, original == nullptr ? nullptr : &original->entities);
            server_time = date_of(response);
            const bool usual = take_results(body, subject);
            if (original != nullptr) {
                original->body = std::move(response.body);
                if (!usual) original->entities.clear();  // of another level
            }
            return body;
        } catch (const SiteError& error) {
            if (!may_repeat(error, request.effect) || attempt + 1 >= options.attempts ||
                std::chrono::steady_clock::now() >= give_up)
                throw;
            const auto delay = backoff.delay(attempt, error);
            if (options.log)
                options.log(FOLEY_LOG_WARNING,
                            std::string(error.what()) + ". Again in " + std::to_string(delay.count()) + " ms.");
            if (!backoff.wait(delay)) throw;
        }
    }
}

rapidjson::Document Shotgrid::State::call(const Call& call, Original* original) {
    std::string list;
    if (call.method != "info") {
        list = "{" + credentials;
        if (by_session && known().is_at_least(5, 4, 4)) list += R"(,"reject_if_expired":true)";
        if (!session.empty()) list += R"(,"session_uuid":)" + json::quote(session);
        list += '}';
        if (!call.parameters.empty()) list += "," + call.parameters;
    }
    Request request;
    request.method = "POST";
    request.url = address.endpoint;
    request.headers = headers;
    request.body = R"({"method_name":)" + json::quote(call.method) + R"(,"params":[)" + list + "]}";
    request.effect = call.effect;
    request.what = call.what;
    if (call.effect == Effect::write)
        request.pretend = R"({"results":)" + (call.pretend.empty() ? "null" : call.pretend) + "}";
    request.connect_timeout = options.connect_timeout;
    request.total_timeout = options.total_timeout;
    return exchange(request, subject(call.what), original);
}

ShotgridInfo Shotgrid::State::ask_info() {
    return read_info(call({"info", {}, "info", Effect::read, {}}), subject("info"));
}

const ShotgridInfo& Shotgrid::State::known() {
    if (!info) info = ask_info();
    return *info;
}

ShotgridRead Shotgrid::State::read(const ShotgridQuery& query, std::size_t size, std::size_t page, bool pages_follow,
                                   Original* original) {
    const auto what = "read " + query.type;
    return read_results(
        call({"read", read_parameters(query, known(), size, page, pages_follow), what, Effect::read, {}}, original),
        subject(what));
}

rapidjson::Document Shotgrid::State::entity(const Call& call) {
    auto answer = this->call(call);
    if (answer.IsArray() && !answer.Empty()) {  // as well
        rapidjson::Value first = std::move(answer[0]);
        static_cast<rapidjson::Value&>(answer) = std::move(first);
    }
    if (!answer.IsObject()) throw_wrong_form(call.what, answer);
    unescape_entity(answer, answer.GetAllocator());
    return answer;
}

bool Shotgrid::State::yes_or_no(const Call& call) {
    const auto answer = this->call(call);
    if (!answer.IsBool()) throw_wrong_form(call.what, answer);
    return answer.GetBool();
}

Shotgrid::Shotgrid(const SiteConnection& connection, ShotgridOptions options)
    : Shotgrid(connection, http_transport(connection), std::move(options)) {}

Shotgrid::Shotgrid(const SiteConnection& connection, std::unique_ptr<Transport> transport, ShotgridOptions options)
    : state_(std::make_unique<State>(connection, std::move(transport), std::move(options))) {}

Shotgrid::Shotgrid(Shotgrid&&) noexcept = default;
Shotgrid& Shotgrid::operator=(Shotgrid&&) noexcept = default;
Shotgrid::~Shotgrid() = default;

std::unique_ptr<Transport> Shotgrid::http_transport(const SiteConnection& connection,
                                                    std::function<bool()> interrupted) {
    CurlTransport::Options options;
    options.proxy = shotgrid_proxy(connection.proxy);
    options.ca_file = connection.ca_file;
    options.interrupted = std::move(interrupted);
    return std::make_unique<CurlTransport>(std::move(options));
}

void Shotgrid::set_session(std::string_view uuid) {
    state_->session = uuid;
}

ShotgridInfo Shotgrid::info() {
    state_->info = state_->ask_info();
    ShotgridInfo out;
    out.version = state_->info->version;
    out.page_limit = state_->info->page_limit;
    out.json.CopyFrom(state_->info->json, out.json.GetAllocator());
    return out;
}

void Shotgrid::find_pages(const ShotgridQuery& query, const std::function<bool(const rapidjson::Value& page)>& page) {
    const auto size = std::min(state_->options.page_size, state_->known().page_limit);
    const bool one = query.limit > 0 && query.limit <= size;
    std::size_t seen = 0;
    for (std::size_t number = 1;; ++number) {
        auto read = state_->read(query, one ? query.limit : size, number, !one);
        auto& entities = read.entities;
        while (query.limit > 0 && seen + entities.Size() > query.limit)
            entities.PopBack();
        seen += entities.Size();
        if (entities.Empty() || !page(entities)) return;
        if (one || (query.limit > 0 && seen >= query.limit) || !read.has_more(seen)) return;
    }
}

rapidjson::Document Shotgrid::find(const ShotgridQuery& query) {
    rapidjson::Document out(rapidjson::kArrayType);
    find_pages(query, [&out](const rapidjson::Value& page) {
        for (const auto& entity : page.GetArray())
            out.PushBack(rapidjson::Value(entity, out.GetAllocator()), out.GetAllocator());
        return true;
    });
    return out;
}

rapidjson::Document Shotgrid::find_one(const ShotgridQuery& query) {
    auto first = query;
    first.limit = 1;
    rapidjson::Document out;
    find_pages(first, [&out](const rapidjson::Value& page) {
        out.CopyFrom(page[0], out.GetAllocator());
        return false;
    });
    return out;
}

std::string ShotgridPage::text(std::size_t index) const {
    if (index < spans.size() && spans[index].size > 0) {
        const auto sent = std::string_view(answer).substr(spans[index].begin, spans[index].size);
        const auto has = [sent](char c) { return sent.find(c) != std::string_view::npos; };
        if (!has('\n') && !has('\r')) return std::string(sent);
    }
    return json::stringify(json::element(entities, index));
}

ShotgridPage Shotgrid::read(const ShotgridQuery& query) {
    const auto limit = state_->known().page_limit;
    const auto size = query.limit == 0 ? limit : std::min(query.limit, limit);
    ShotgridPage out;
    State::Original original;
    auto read = state_->read(query, size, 1, false, &original);
    out.entities = std::move(read.entities);
    out.answer = std::move(original.body);
    if (original.entities.size() == out.entities.Size()) {  // else it has a form that we do not know
        out.spans = std::move(original.entities);
        for (const auto changed : read.changed)
            out.spans[changed] = {};
    }
    out.full = out.entities.Size() >= size;
    out.server_time = state_->server_time;
    return out;
}

rapidjson::Document Shotgrid::create(std::string_view entity_type, const shotgrid::Fields& fields,
                                     const std::vector<std::string>& return_fields) {
    const auto write = shotgrid::create_write(entity_type, fields, return_fields);
    return state_->entity(
        {"create", "{" + write.members + "}", "create " + std::string(entity_type), Effect::write, write.pretend});
}

rapidjson::Document Shotgrid::update(std::string_view entity_type, std::int64_t id, const shotgrid::Fields& fields) {
    const auto write = shotgrid::update_write(entity_type, id, fields);
    return state_->entity(
        {"update", "{" + write.members + "}", named("update", entity_type, id), Effect::write, write.pretend});
}

bool Shotgrid::remove(std::string_view entity_type, std::int64_t id) {
    const auto write = shotgrid::id_write(entity_type, id);
    return state_->yes_or_no(
        {"delete", "{" + write.members + "}", named("remove", entity_type, id), Effect::write, write.pretend});
}

bool Shotgrid::revive(std::string_view entity_type, std::int64_t id) {
    const auto write = shotgrid::id_write(entity_type, id);
    return state_->yes_or_no(
        {"revive", "{" + write.members + "}", named("revive", entity_type, id), Effect::write, write.pretend});
}

rapidjson::Document Shotgrid::send(const ShotgridBatch& batch) {
    rapidjson::Document answer(rapidjson::kArrayType);
    if (batch.empty()) return answer;
    const auto& list = batch.operations_->list;
    std::string parameters;
    std::string pretend;
    for (const auto& write : list) {
        parameters += (parameters.empty() ? "" : ",") + write.wire;
        pretend += (pretend.empty() ? "" : ",") + write.pretend;
    }
    const auto what = "batch of " + std::to_string(list.size()) + (list.size() == 1 ? " write" : " writes");
    answer = state_->call({"batch", "[" + parameters + "]", what, Effect::write, "[" + pretend + "]"});
    if (!answer.IsArray() || answer.Size() != list.size()) state_->throw_wrong_form(what, answer);
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto& result = answer[static_cast<rapidjson::SizeType>(i)];
        if (list[i].action == Action::remove ? !result.IsBool() : !result.IsObject())
            state_->throw_wrong_form(what, answer);
        unescape_entity(result, answer.GetAllocator());
    }
    return answer;
}

rapidjson::Document Shotgrid::schema_field_read(std::string_view entity_type, std::string_view field) {
    shotgrid::check_type(entity_type);
    auto parameters = R"({"type":)" + json::quote(entity_type);
    if (!field.empty()) parameters += R"(,"field_name":)" + json::quote(field);
    const auto what = "schema of " + std::string(entity_type);
    auto answer = state_->call({"schema_field_read", parameters + "}", what, Effect::read, {}});
    if (!answer.IsObject()) state_->throw_wrong_form(what, answer);
    return answer;
}

rapidjson::Document Shotgrid::schema_entity_read() {
    auto answer = state_->call({"schema_entity_read", {}, "schema of all types", Effect::read, {}});
    if (!answer.IsObject()) state_->throw_wrong_form("schema of all types", answer);
    return answer;
}

rapidjson::Document Shotgrid::call(std::string_view method, const rapidjson::Value& parameters, Effect effect) {
    const bool none = parameters.IsNull() || (parameters.IsObject() && parameters.ObjectEmpty());
    return state_->call(
        {std::string(method), none ? std::string() : json::stringify(parameters), std::string(method), effect, {}});
}

std::optional<std::chrono::sys_seconds> Shotgrid::last_server_time() const noexcept {
    return state_->server_time;
}

const std::string& Shotgrid::url() const noexcept {
    return state_->address.shown;
}
const std::string& Shotgrid::user() const noexcept {
    return state_->user;
}

}  // namespace foley::site
