#include "core/source/file/file_source.hpp"

#include "core/source/file/follower.hpp"

namespace foley::core {

FileSource::FileSource(FileSourceOptions options, SourceContext context)
    : follower_(std::make_unique<Follower>(std::move(options), std::move(context))) {}

FileSource::~FileSource() = default;

const std::string& FileSource::name() const noexcept {
    return follower_->options().name;
}
const std::string& FileSource::site() const noexcept {
    return follower_->options().site;
}
void FileSource::start() {
    follower_->start();
}
void FileSource::stop() {
    follower_->stop();
}
void FileSource::join() {
    follower_->join();
}
void FileSource::pause(bool paused) {
    follower_->pause(paused);
}
SourceStatus FileSource::status() const {
    return follower_->status();
}

}  // namespace foley::core
