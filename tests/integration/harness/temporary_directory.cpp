#include "integration/harness/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>

namespace foley::testing {

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent) {
    std::string pattern =
        ((parent.empty() ? std::filesystem::temp_directory_path() : parent) / "foley-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::system_error(errno, std::system_category(), "mkdtemp " + pattern);
    }
    path_ = std::filesystem::canonical(pattern);
}

TemporaryDirectory::~TemporaryDirectory() {
    if (const char* keep = std::getenv("FOLEY_TEST_KEEP"); keep != nullptr && *keep != '\0') {
        std::cout << "kept: " << path_.string() << std::endl;
        return;
    }
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace foley::testing
