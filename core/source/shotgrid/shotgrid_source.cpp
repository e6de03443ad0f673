#include "core/source/shotgrid/shotgrid_source.hpp"

#include "core/source/shotgrid/follower.hpp"

namespace foley::core {

ShotgridSource::ShotgridSource(ShotgridSourceOptions options, SourceContext context)
    : ShotgridSource(std::move(options), std::move(context), nullptr) {}

ShotgridSource::ShotgridSource(ShotgridSourceOptions options, SourceContext context,
                               std::unique_ptr<site::Transport> transport)
    : follower_(std::make_unique<Follower>(std::move(options), std::move(context), std::move(transport))) {}

ShotgridSource::~ShotgridSource() = default;

const std::string& ShotgridSource::name() const noexcept {
    return follower_->options().name;
}
const std::string& ShotgridSource::site() const noexcept {
    return follower_->options().connection.name;
}
void ShotgridSource::start() {
    follower_->start();
}
void ShotgridSource::stop() {
    follower_->stop();
}
void ShotgridSource::join() {
    follower_->join();
}
void ShotgridSource::pause(bool paused) {
    follower_->pause(paused);
}
SourceStatus ShotgridSource::status() const {
    return follower_->status();
}

}  // namespace foley::core
