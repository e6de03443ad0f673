// ready-site: a ShotGrid site that only answers what the source asks, with pages that were made beforehand, so that a
// figure is Foley's and not the site's. Until the file --gate exists, the log is empty.
//
//     ready-site --events 100000 --gate FILE [--missing IDS]
//
// Prints its address. Ids are 1 to N in pages of 500; with --missing, so many ids are missing before the last page.
// Ends with its standard input.
#include "bench/limits.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::uint64_t kPage = 500;

struct Options {
    std::uint64_t events = 100'000;
    std::uint64_t missing = 0;
    std::string gate;
};

class Pages {
public:
    explicit Pages(const Options& options) : gate_(options.gate) {
        for (std::uint64_t first = 1; first <= options.events; first += kPage) {
            const std::uint64_t last = std::min(first + kPage - 1, options.events);
            const std::uint64_t shift = last == options.events ? options.missing : 0;
            std::string page;
            for (std::uint64_t id = first; id <= last; ++id)
                page += (page.empty() ? "" : ",") + foley::bench::sample_entry(id + shift);
            pages_[first - 1] = answer(page, last < options.events);
        }
    }

    // What the source is told that asks for all above an id.
    const std::string& above(std::uint64_t id) const {
        if (!open()) return empty_;
        const auto found = pages_.find(id);
        return found == pages_.end() ? empty_ : found->second;
    }
    const std::string& empty() const { return empty_; }
    bool open() const {
        if (!opened_) opened_ = gate_.empty() || ::access(gate_.c_str(), F_OK) == 0;
        return opened_;
    }

private:
    static std::string answer(const std::string& entities, bool more) {
        return R"({"results":{"paging_info":{"current_page":1,"page_count":1,"entity_count":1,"entities_per_page":500,)"
               R"("has_next_page":)" +
               std::string(more ? "true" : "false") + R"(},"entities":[)" + entities + "]}}";
    }

    const std::string gate_;
    mutable bool opened_ = false;
    std::map<std::uint64_t, std::string> pages_;
    const std::string empty_ = answer("", false);
};

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto begin = text.find(before);
    if (begin == std::string_view::npos) return {};
    const auto end = text.find(after, begin + before.size());
    return text.substr(begin + before.size(), end - begin - before.size());
}

const std::string& answer_to(std::string_view body, const Pages& pages) {
    static const std::string info = R"({"results":{"version":[8,58,0],"api_max_entities_per_page":500}})";
    if (body.find("\"info\"") != std::string_view::npos) return info;
    const auto above = between(body, R"("relation":"greater_than","values":[)", "]");
    if (above.empty()) return pages.empty();
    return pages.above(std::strtoull(std::string(above).c_str(), nullptr, 10));
}

void serve(tcp::socket socket, const Pages& pages) {
    boost::beast::flat_buffer buffer;
    try {
        for (;;) {
            http::request<http::string_body> request;
            http::read(socket, buffer, request);
            const std::string& body = answer_to(request.body(), pages);
            http::response<http::span_body<const char>> response(http::status::ok, request.version());
            response.set(http::field::content_type, "application/json");
            response.body() = {body.data(), body.size()};
            response.keep_alive(request.keep_alive());
            response.prepare_payload();
            http::write(socket, response);
        }
    } catch (const boost::system::system_error&) {
        // The client is gone.
    }
}

Options read_options(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] == "--events")
            options.events = std::stoull(words[i + 1]);
        else if (words[i] == "--missing")
            options.missing = std::stoull(words[i + 1]);
        else if (words[i] == "--gate")
            options.gate = words[i + 1];
        else
            throw std::runtime_error("unknown: " + words[i]);
    }
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Pages pages(read_options({argv + 1, argv + argc}));
        boost::asio::io_context io;
        tcp::acceptor acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        std::cout << "http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
        for (;;)
            std::thread(serve, acceptor.accept(), std::cref(pages)).detach();
    } catch (const std::exception& error) {
        std::cerr << "ready-site: " << error.what() << std::endl;
        return 1;
    }
}
