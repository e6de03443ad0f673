#include "hammertrack/share_proof.hpp"

#include "hammertrack/errors.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include <dirent.h>
#include <fcntl.h>

namespace hammertrack {
namespace {

// Bounds on the search: breadth first, so what is near is tried first.
constexpr unsigned kDeepest = 3;
constexpr unsigned kLooked = 200;  // folders
constexpr unsigned kAsked = 8;

struct Folder {
    UniqueFd fd;
    std::string shown;
    unsigned depth;
};

bool may_write_in(int folder) noexcept {
    return ::faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0;
}

UniqueFd open_folder(int at, const char* name) noexcept {
    return UniqueFd(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// The folders in `folder`, as long as there is room for more.
void add_inner(const Folder& folder, std::deque<Folder>& queue, unsigned& room) {
    UniqueFd again = open_folder(folder.fd.get(), ".");
    if (!again) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(again.get()), ::closedir);
    if (!listing) return;
    again.release();
    while (room > 0) {
        const dirent* const each = ::readdir(listing.get());  // NOLINT(concurrency-mt-unsafe): a stream of our own
        if (each == nullptr) return;
        const std::string name(&each->d_name[0]);
        if (name == "." || name == ".." || (each->d_type != DT_DIR && each->d_type != DT_UNKNOWN)) continue;
        UniqueFd inner = open_folder(folder.fd.get(), name.c_str());
        if (!inner) continue;
        --room;
        queue.push_back({std::move(inner), folder.shown + "/" + name, folder.depth + 1});
    }
}

std::optional<std::string> ask_beneath(const ShareRoot& root, const Question& ask) {
    std::deque<Folder> queue;
    unsigned room = kLooked;
    add_inner({open_folder(root.descriptor(), "."), root.path(), 0}, queue, room);
    for (unsigned asked = 0; !queue.empty() && asked < kAsked; queue.pop_front()) {
        const Folder& folder = queue.front();
        if (may_write_in(folder.fd.get())) {
            ++asked;
            try {
                return ask(folder.fd.get(), folder.shown);
            } catch (const Rejected&) {
            } catch (const EntryMissing&) {
            } catch (const Unsettled&) {
                // This one says nothing: the next.
            }
        }
        if (folder.depth < kDeepest) add_inner(folder, queue, room);
    }
    return std::nullopt;
}

}  // namespace

std::string prove_share(const ShareRoot& root, const Question& ask) {
    try {
        return ask(root.descriptor(), root.path());
    } catch (const Rejected& error) {
        if (auto answer = ask_beneath(root, ask)) return *answer;
        throw ShareAway("Nothing at " + root.path() + " answers as a Hammerspace share: " + error.what() +
                        " Is the share mounted? If it is, Foley's user must be able to write in its folders.");
    }
}

}  // namespace hammertrack
