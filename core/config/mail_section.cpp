#include "core/config/sections.hpp"
#include "core/config/suggestion.hpp"

#include <algorithm>
#include <array>

namespace foley::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestPeriod = std::chrono::hours(24 * 7);

// What SMTP commands and header lines can hold without quoting, encoding, or a second line. So nothing that stands here
// can say more to a mail server than an address.
bool is_mail_address(std::string_view text) {
    constexpr std::size_t kLongest = 254;
    constexpr std::string_view kAllowed = "!#$%&'*+-/=?^_`{|}~.";
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.size() > kLongest) return false;
    if (text.find('@', at + 1) != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return word || c == '@' || kAllowed.find(c) != std::string_view::npos;
    });
}

void check_address(const YamlNode& node, const std::string& what, const std::string& address, Problems& problems) {
    if (is_mail_address(address)) return;
    problems.add(node.position(),
                 what + ": expected an address such as td@studio.example.com, found '" + address + "'");
}

void read_address(MapReader& reader, std::string_view key, std::string& target) {
    const YamlNode* node = reader.require(key);
    if (node == nullptr) return;
    reader.read(key, target);
    if (node->kind == YamlNode::Kind::scalar) check_address(*node, reader.name(key), target, reader.problems());
}

// Nothing: the key is not there.
std::optional<std::vector<std::string>> read_addresses(MapReader& reader, std::string_view key) {
    const YamlNode* node = reader.find(key);
    if (node == nullptr) return std::nullopt;
    std::vector<std::string> addresses;
    reader.read(key, addresses);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const bool list = node->kind == YamlNode::Kind::sequence && node->items.size() == addresses.size();
        check_address(list ? node->items[i] : *node, reader.name(key), addresses[i], reader.problems());
    }
    return addresses;
}

// The name or number of a machine; what is not that could say more than a host in the URL that libcurl gets.
void read_host(MapReader& reader, std::string& target) {
    const YamlNode* node = reader.require("host");
    if (node == nullptr) return;
    reader.read("host", target);
    const bool good = !target.empty() && std::all_of(target.begin(), target.end(), [](char c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return word || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
    if (node->kind != YamlNode::Kind::scalar || good) return;
    reader.problems().add(node->position(), reader.name("host") +
                                                ": expected a name such as smtp.studio.example.com, found '" + target +
                                                "'; the port has a key of its own");
}

void read_server(MapReader& reader, MailConfig& mail) {
    read_host(reader, mail.host);
    reader.read_choice<MailTls>("tls", mail.tls,
                                {{"none", MailTls::none}, {"starttls", MailTls::starttls}, {"tls", MailTls::tls}});
    constexpr std::array<std::uint32_t, 3> kUsual{25, 587, 465};
    mail.port = kUsual.at(static_cast<std::size_t>(mail.tls));
    reader.read_number("port", mail.port, std::uint32_t{1}, std::uint32_t{65535});
    reader.read("ca_file", mail.ca_file);
    reader.read_duration("timeout", mail.timeout, 100ms, 1h);
}

void read_login(MapReader& reader, MailConfig& mail) {
    reader.read("user", mail.user);
    reader.read("password", mail.password);
    const YamlNode* user = reader.find("user");
    const YamlNode* password = reader.find("password");
    if ((user == nullptr) != (password == nullptr)) {
        reader.problems().add((user != nullptr ? user : password)->position(),
                              reader.name(user != nullptr ? "user" : "password") +
                                  ": user and password belong together; give both or none");
    }
    const bool local = mail.host == "localhost" || mail.host.starts_with("127.") || mail.host == "[::1]";
    if (password != nullptr && mail.tls == MailTls::none && !local) {
        reader.problems().warn(password->position(),
                               reader.name("password") + ": the password travels unencrypted; use tls: starttls");
    }
}

void read_topics(MapReader& reader, std::vector<MailTopic>& target) {
    const YamlNode* node = reader.find("about");
    if (node == nullptr) return;
    const std::vector<std::pair<std::string, MailTopic>> topics{
        {"disabled", MailTopic::disabled},       {"crash", MailTopic::crash},   {"reload", MailTopic::reload},
        {"dead_letter", MailTopic::dead_letter}, {"source", MailTopic::source}, {"log", MailTopic::log}};
    std::vector<std::string> words, known;
    for (const auto& [word, topic] : topics)
        known.push_back(word);
    reader.read("about", words);
    target.clear();
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto found =
            std::find_if(topics.begin(), topics.end(), [&](const auto& topic) { return topic.first == words[i]; });
        if (found != topics.end()) {
            target.push_back(found->second);
            continue;
        }
        const YamlNode& place = i < node->items.size() ? node->items[i] : *node;
        reader.problems().add(place.position(),
                              reader.name("about") + ": '" + words[i] + "' is unknown; " + suggestion(words[i], known));
    }
}

// What stands in each subject: a text of one line.
void read_subject(MapReader& reader, std::string& target) {
    constexpr std::size_t kLongest = 60;
    const YamlNode* node = reader.find("subject");
    if (node == nullptr) return;
    reader.read("subject", target);
    const bool control =
        std::any_of(target.begin(), target.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (!control && target.size() <= kLongest) return;
    reader.problems().add(node->position(), reader.name("subject") + ": expected up to " + std::to_string(kLongest) +
                                                " characters on one line");
}

}  // namespace

std::optional<MailConfig> read_mail(const YamlNode* node, const ReadingContext& context, Problems& problems) {
    if (node == nullptr) return std::nullopt;
    MailConfig mail;
    MapReader reader(node, "mail", context, problems);
    read_server(reader, mail);
    read_login(reader, mail);
    read_address(reader, "from", mail.from);
    if (reader.require("to") != nullptr) {
        if (auto to = read_addresses(reader, "to")) mail.to = std::move(*to);
    }
    read_subject(reader, mail.subject);
    reader.read_duration("period", mail.period, 1s, kLongestPeriod);
    reader.read_number("at_once", mail.at_once, std::uint32_t{1}, std::uint32_t{1000});
    read_topics(reader, mail.about);
    reader.finish();
    return mail;
}

void read_plugin_mail(MapReader& plugin, PluginMailConfig& target) {
    const YamlNode* node = plugin.find("mail");
    if (node == nullptr) return;
    MapReader reader(node, plugin.name("mail"), plugin.context(), plugin.problems());
    if (auto to = read_addresses(reader, "to")) target.to = std::move(to);
    if (auto also = read_addresses(reader, "also")) target.also = std::move(*also);
    reader.finish();
}

void check_mail(const Configuration& configuration, Problems& problems) {
    if (configuration.mail) return;
    for (const auto& [name, plugin] : configuration.plugins) {
        if (!plugin.mail.to && plugin.mail.also.empty()) continue;
        problems.warn(plugin.position, "plugins." + name + ".mail: there is no mail section, so nobody gets a mail");
    }
}

}  // namespace foley::core
