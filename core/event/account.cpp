#include "core/event/account.hpp"

namespace foley::core {

bool names_script(std::string_view shown, std::string_view script) noexcept {
    if (shown == script) return true;
    if (!shown.starts_with(script)) return false;
    const std::string_view rest = shown.substr(script.size());
    return rest.size() > 1 && rest.front() == ' ' && rest.find(' ', 1) == std::string_view::npos;
}

bool caused_by(const Event& event, std::string_view account) noexcept {
    if (account.empty() || event.kind != EventKind::site) return false;
    if (event.shape != Shape::shotgrid) return event.user == account;
    return names_script(event.user, account) || names_script(event.actual_user, account);
}

}  // namespace foley::core
