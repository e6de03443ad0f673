// steps: three callbacks for each event, of which the first may be skipped, the second stops and the third does as
// configured. Those that an event's payload names as {"fail": ["first", …]} fail. One line per call, as recorder's:
//     event <sequence> <callback> <attempt> 0 <pid>
#include <foley/plugin.hpp>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace {

int file = -1;

foley::Outcome step(const foley::Event& event, const std::string& name) {
    const std::string line = "event " + std::to_string(event.sequence()) + " " + name + " " +
                             std::to_string(event.attempt()) + " 0 " + std::to_string(::getpid()) + "\n";
    if (::write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::system_error(errno, std::system_category(), "write a line");
    }
    const foley::json::Value& fail = foley::json::member(event.json(), "fail");
    for (foley::rapidjson::SizeType i = 0; fail.IsArray() && i < fail.Size(); ++i) {
        if (foley::json::text_or_empty(fail[i]) == name) return foley::failed(name + " was told to fail");
    }
    return foley::done();
}

}  // namespace

FOLEY_PLUGIN(registrar) {
    const auto path = registrar.required<std::filesystem::path>("file", "Where the lines go.");
    registrar.on_start([path](foley::Context& context) {
        file = ::open(context.get(path).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        if (file < 0) throw std::system_error(errno, std::system_category(), "open " + context.get(path).string());
    });
    registrar.on({}, [](const foley::Event& event, foley::Context&) { return step(event, "first"); },
                 {.name = "first", .on_error = foley::OnError::skip});
    registrar.on({}, [](const foley::Event& event, foley::Context&) { return step(event, "second"); },
                 {.name = "second", .on_error = foley::OnError::disable});
    registrar.on({}, [](const foley::Event& event, foley::Context&) { return step(event, "third"); },
                 {.name = "third"});
}
