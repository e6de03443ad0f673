#include "core/source/ftrack/ftrack_source.hpp"

#include "core/source/ftrack/follower.hpp"

namespace foley::core {

FtrackSource::FtrackSource(FtrackSourceOptions options, SourceContext context)
    : follower_(std::make_unique<Follower>(std::move(options), std::move(context))) {}

FtrackSource::~FtrackSource() = default;

const std::string& FtrackSource::name() const noexcept {
    return follower_->options().name;
}
const std::string& FtrackSource::site() const noexcept {
    return follower_->options().connection.name;
}
void FtrackSource::start() {
    follower_->start();
}
void FtrackSource::stop() {
    follower_->stop();
}
void FtrackSource::join() {
    follower_->join();
}
void FtrackSource::pause(bool paused) {
    follower_->pause(paused);
}
SourceStatus FtrackSource::status() const {
    return follower_->status();
}
bool FtrackSource::reply(const Event& event, std::string_view json) {
    return follower_->reply(event, json);
}

}  // namespace foley::core
