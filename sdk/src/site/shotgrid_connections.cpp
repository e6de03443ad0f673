#include <foley/site/shotgrid_connections.hpp>

#include <thread>
#include <utility>

namespace foley::site {

struct ShotgridConnections::Kept {
    std::unique_ptr<Shotgrid> client;
    Context* context = nullptr;  // of the callback that has borrowed the client
};

namespace {

std::unique_ptr<Transport> refusing_writes(std::unique_ptr<Transport> transport, const Logger& log) {
    return std::make_unique<Refuser>(std::move(transport),
                                     [log](const Request& write) { log.info("dry run, not done: {}", write.what); });
}

}  // namespace

ShotgridConnections::ShotgridConnections(ShotgridOptions options, MakeTransport make_transport)
    : options_(std::move(options)), make_transport_(std::move(make_transport)) {
    if (!make_transport_) make_transport_ = [](const SiteConnection& site) { return Shotgrid::http_transport(site); };
}

ShotgridConnections::~ShotgridConnections() = default;
ShotgridConnections::ShotgridConnections(ShotgridConnections&&) noexcept = default;
ShotgridConnections& ShotgridConnections::operator=(ShotgridConnections&&) noexcept = default;

ShotgridConnections::Kept& ShotgridConnections::kept(const Context& context, std::string_view site) {
    const SiteConnection connection = context.site(site);
    if (const auto found = kept_.find(connection.name); found != kept_.end()) return *found->second;
    if (connection.kind != "shotgrid") {
        throw Error("the site \"" + connection.name + "\" is of the kind " + connection.kind +
                    ", and this plugin works with ShotGrid. Name a ShotGrid site in the plugin's `sites:`.");
    }
    auto made = std::make_unique<Kept>();
    auto options = options_;
    if (!options.log)
        options.log = [log = context.log()](int level, const std::string& text) { log.write(level, text); };
    if (!options.wait) {
        // The object stays where it is: the map holds pointers.
        options.wait = [&kept = *made, name = connection.name](std::chrono::milliseconds delay) {
            if (kept.context != nullptr) kept.context->progress("waiting for the site " + name);
            std::this_thread::sleep_for(delay);
            return true;
        };
    }
    auto transport = make_transport_(connection);
    if (context.dry_run()) transport = refusing_writes(std::move(transport), context.log());
    made->client = std::make_unique<Shotgrid>(connection, std::move(transport), std::move(options));
    return *kept_.emplace(connection.name, std::move(made)).first->second;
}

ShotgridConnections::Borrowed ShotgridConnections::borrow(const Event& event, Context& context) {
    return {kept(context, event.site()), context, event.session()};
}

ShotgridConnections::Borrowed ShotgridConnections::borrow(Context& context, std::string_view site) {
    return {kept(context, site), context, {}};
}

ShotgridConnections::Borrowed::Borrowed(Kept& kept, Context& context, std::string_view session)
    : kept_(kept), before_(std::exchange(kept.context, &context)) {
    kept_.client->set_session(session);
}

ShotgridConnections::Borrowed::~Borrowed() {
    kept_.context = before_;
    kept_.client->set_session({});
}

Shotgrid& ShotgridConnections::Borrowed::operator*() const noexcept {
    return *kept_.client;
}

}  // namespace foley::site
