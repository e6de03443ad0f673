#include "abi_text.hpp"

#include <foley/logger.hpp>

namespace foley {

void Logger::write(int level, std::string_view text) const noexcept {
    host_->log(host_->self, level, detail::to_abi(text));
}

}  // namespace foley
