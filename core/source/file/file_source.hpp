// FileSource: follows a file of JSON lines: an event per line, as another program appends them.
//
// It copes with a file that is not there yet, with rotation (renamed, and a new one made: the old one is read to its
// end first, then those between it and the new one, if it was rotated several times; also when that happened while
// foley was not running and the files are still in the same directory; see rotation.hpp), with truncation (also when it
// has grown again since), with a last line that is not complete yet, and with CRLF. A line that is no event is put
// aside with its place in the file, and the rest goes on. Where lines may have been lost there is a gap event:
// truncation, a file that was compressed or went before it was read, an order that cannot be proved.
//
// An event's id is the member `id` of the line, else "<generation>:<byte offset>", where the generation rises with each
// rotation and truncation. Cursor: {"version":1,"generation":…,"offset":…,"device":…,"inode":…,"before":"…","heard":…,
// "finished":[{"offset":…,"device":…,"inode":…,"before":"…"},…]}: the last files that were read to their end, so that
// none is read twice.
//
// Threads: one that reads and parses, and the appender's. Owner: Engine. See Source.
#pragma once

#include "core/source/appender.hpp"
#include "core/source/source.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace foley::core {

struct FileSourceOptions {
    enum class Start { beginning, end };  // of a file that is there at the first start ever

    std::string name;
    std::filesystem::path path;
    Shape shape = Shape::plain;
    Start start = Start::end;
    std::string site;  // the site connection that the events belong to; empty: none

    std::chrono::milliseconds poll{20};
    // So long a renamed file may still grow before it counts as complete, once another stands in its place.
    std::chrono::milliseconds linger{1000};
    std::chrono::milliseconds stop_patience{std::chrono::seconds(5)};
    Appender::Limits queue;
};

class FileSource final : public Source {
public:
    // Throws std::invalid_argument when the options make no sense. What the context refers to outlives the source.
    FileSource(FileSourceOptions options, SourceContext context);
    ~FileSource() override;

    const std::string& name() const noexcept override;
    const std::string& site() const noexcept override;
    void start() override;
    void stop() override;
    void join() override;
    void pause(bool paused) override;
    SourceStatus status() const override;
    bool reply(const Event&, std::string_view) override { return false; }  // nobody waits behind a file

private:
    class Follower;
    std::unique_ptr<Follower> follower_;
};

}  // namespace foley::core
