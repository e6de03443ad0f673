#include "make_folders/service.hpp"

#include "fields/site_failure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

namespace make_folders {
namespace {

// Where the folder of an entity was made, in the plugin's store.
std::string key_of(const fields::Subject& subject) {
    return fmt::format("path/{}/{}", subject.type, subject.id);
}

}  // namespace

foley::Outcome Service::start(foley::Context& context) {
    try {
        settings_ = handles_.read();
    } catch (const std::invalid_argument& error) {
        return foley::failed(error.what());
    }
    planner_.emplace(settings_);
    tree_.emplace(settings_.root, settings_.mount);
    try {
        const auto faults = planner_->faults(*connections_.borrow(context));
        if (!faults.empty()) return foley::failed(fmt::format("{}", fmt::join(faults, " ")));
        tree_->check();
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    } catch (const TreeAway& away) {
        return foley::hold(settings_.hold, away.what());
    }
    return foley::done();
}

foley::Outcome Service::on_event(const foley::Event& event, foley::Context& context) {
    const auto subject = fields::subject_of(event);
    if (!subject) return foley::ignored("it is about no entity");
    const auto rule = settings_.types.find(subject->type);
    if (rule == settings_.types.end()) return foley::ignored(fmt::format("no template for {}", subject->type));
    if (!settings_.projects.want(event)) return foley::ignored("not one of the projects");
    if (subject->action == "update") {
        // What was filled while the entity was made is there when its own event is handled.
        if (subject->in_create) return foley::ignored("part of the making, which has an event of its own");
        if (!rule->second.depends_on(subject->attribute))
            return foley::ignored(fmt::format("no template for {} uses {}", subject->type, subject->attribute));
    } else if (subject->action != "add" && subject->action != "revive") {
        return foley::ignored("neither made, revived nor changed");
    }
    try {
        return handle(*subject, event, context);
    } catch (const foley::SiteError& error) {
        return fields::outcome_of(error, settings_.hold);
    } catch (const TreeAway& away) {
        return foley::hold(settings_.hold, away.what());
    } catch (const FolderRefused& refused) {
        return foley::failed(fmt::format("{}: {}", subject->shown(), refused.what()));
    } catch (const std::invalid_argument& error) {
        return foley::failed(fmt::format("{}: {}", subject->shown(), error.what()));
    }
}

foley::Outcome Service::handle(const fields::Subject& subject, const foley::Event& event, foley::Context& context) {
    const auto shotgrid = connections_.borrow(event, context);
    const auto plan = planner_->plan(*shotgrid, subject.type, subject.id);
    switch (plan.kind) {
        case Plan::Kind::gone:
        case Plan::Kind::unruled:
            return foley::ignored(plan.why);
        case Plan::Kind::missing:
            return lacks(subject, plan, context);
        case Plan::Kind::ready:
            break;
    }
    tree_->check();
    const auto before = context.state().get(key_of(subject));
    if (before && *before != plan.path) return renamed(subject, *before, plan, context);
    return make(subject, plan, context);
}

foley::Outcome Service::lacks(const fields::Subject& subject, const Plan& plan, foley::Context& context) const {
    const auto sentence = fmt::format(
        "{} gets no folder: empty is {}. Fill it, or give the template another text for "
        "it: {{field|text}}.",
        subject.shown(), fmt::join(plan.missing, ", "));
    switch (settings_.missing) {
        case Missing::retry:
            return foley::retry(sentence);
        case Missing::wait:
            context.log().info("{} It gets one when the field is filled.", sentence);
            return foley::done();
        case Missing::fail:
            break;
    }
    return foley::failed(sentence);
}

foley::Outcome Service::renamed(const fields::Subject& subject, const std::string& before, const Plan& plan,
                                foley::Context& context) const {
    if (tree_->has(plan.path) && !tree_->has(before)) {
        context.log().info("{}: its folder was moved from {} to {}", subject.shown(), before, plan.path);
        return make(subject, plan, context);
    }
    if (settings_.on_rename == OnRename::make) {
        context.log().warn("{}: its folder is {} from now on. {} stays as it is: nothing is moved.", subject.shown(),
                           plan.path, before);
        return make(subject, plan, context);
    }
    context.log().warn(
        "{}: its folder would be {} now, and is {}. Nothing is moved; move it by hand, or set on_rename.",
        subject.shown(), plan.path, before);
    return foley::done();
}

foley::Outcome Service::make(const fields::Subject& subject, const Plan& plan, foley::Context& context) const {
    const bool pretend = context.dry_run();
    const auto& rights = settings_.types.find(subject.type)->second.rights;
    std::vector<std::string> made;
    const auto add = [&](const std::string& path) {
        for (auto& folder : tree_->make(path, rights, pretend))
            made.push_back(std::move(folder));
    };
    add(plan.path);
    for (const auto& folder : plan.folders) {
        context.progress(folder);
        add(folder);
    }
    if (made.empty()) {
        context.log().debug("{}: its folders are there", subject.shown());
    } else {
        context.log().info("{}: {} beneath {}: {}", subject.shown(), pretend ? "would make" : "made", tree_->root(),
                           fmt::join(made, ", "));
    }
    if (!pretend) context.state().put(key_of(subject), plan.path);
    return foley::done();
}

}  // namespace make_folders
