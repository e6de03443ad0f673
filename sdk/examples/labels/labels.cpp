// Keeps a folder with one file per entity that says where its data should be: settings, a share that can be away, the
// store, a timer, gaps and a menu action in one plugin.
#include <foley/plugin.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

using namespace std::chrono_literals;

namespace {

class Labels {
public:
    explicit Labels(foley::Registrar& registrar) {
        folder_ = registrar.required<std::filesystem::path>("folder", "Where the label files go.");
        allowed_ = registrar.setting("allowed", std::vector<std::string>{"yul", "lax"}, "The labels that may be used.");
        sweep_ = registrar.setting("sweep", 50, "How many entities to look at in one slice.").range(1, 1000);
    }

    foley::Outcome start(foley::Context& context) const {
        if (!std::filesystem::is_directory(context.get(folder_))) {
            return foley::hold(30s, context.get(folder_).string() + " is not there");
        }
        return foley::done();
    }

    foley::Outcome on_location(const foley::Event& event, foley::Context& context) const {
        for (const foley::Change& change : event.changes()) {
            if (change.attribute != "hs_location") continue;
            for (const std::string& label : change.new_value.texts()) {
                if (!is_allowed(context, label)) return foley::failed("\"" + label + "\" is no label that may be used");
            }
            write(context, change.entity.id, change.new_value.text());
            context.state().put("entity/" + change.entity.id, change.new_value.text());
        }
        return foley::done();
    }

    foley::Outcome on_gap(const foley::Gap& gap, foley::Context& context) const {
        context.log().warn("{} was away: {}; looking at everything again", gap.source(), gap.reason());
        context.state().erase("swept");
        return foley::done();
    }

    // A slice of the known entities each time, so that events pass between.
    foley::Outcome reconcile(foley::Context& context) const {
        const std::string swept = context.state().get("swept").value_or("");
        const auto limit = static_cast<std::size_t>(context.get(sweep_));
        const auto slice = context.state().list("entity/", swept, limit);
        for (const auto& [key, labels] : slice) {
            context.progress(key);
            write(context, key.substr(std::string("entity/").size()), labels);
        }
        if (slice.size() < limit) {
            context.state().put("swept", "");
            return foley::done();
        }
        context.state().put("swept", slice.back().first);
        return foley::again_after(100ms);
    }

private:
    bool is_allowed(const foley::Context& context, const std::string& label) const {
        const auto& allowed = context.get(allowed_);
        return std::find(allowed.begin(), allowed.end(), label) != allowed.end();
    }

    // What comes from a site is data: an id that is no plain name is refused before it becomes a path.
    void write(const foley::Context& context, const std::string& id, const std::string& labels) const {
        if (id.empty() || id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") != std::string::npos) {
            throw foley::Error("\"" + id + "\" is no id that can be a file's name");
        }
        if (context.dry_run()) {
            context.log().info("would label {} with {}", id, labels);
            return;
        }
        std::ofstream file(context.get(folder_) / id);
        file << labels << '\n';
        if (!file.flush()) throw foley::Error("cannot write the label of " + id);
    }

    foley::Setting<std::filesystem::path> folder_;
    foley::Setting<std::vector<std::string>> allowed_;
    foley::Setting<std::int64_t> sweep_;
};

foley::Outcome on_action(const foley::Event& event, foley::Context& context) {
    context.log().info("{} asks about {} entities", event.user().name, event.changes().size());
    const bool answered = context.reply(R"({"success": true, "message": "Looking at them."})");
    return answered ? foley::done() : foley::ignored("nobody waits any more");
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    using foley::Context;
    const auto labels = std::make_shared<Labels>(registrar);
    registrar.on_start([labels](Context& context) { return labels->start(context); });
    registrar.on({.type = "ftrack.update", .attribute = "hs_location"},
                 [labels](const foley::Event& event, Context& context) { return labels->on_location(event, context); },
                 {.name = "on_location", .on_error = foley::OnError::skip});
    registrar.on_gap([labels](const foley::Gap& gap, Context& context) { return labels->on_gap(gap, context); });
    registrar.every(10min, [labels](Context& context) { return labels->reconcile(context); }, {.name = "reconcile"});
    registrar.on<on_action>({.type = "ftrack.action.launch"});
}
