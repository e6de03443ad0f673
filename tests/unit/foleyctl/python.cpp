#include "tests/unit/foleyctl/python.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <stdlib.h>
#include <unistd.h>

namespace foley::core::testing {

std::string python(const std::string& script) {
    std::string file = (std::filesystem::temp_directory_path() / "foley-python-XXXXXX").string();
    const int descriptor = ::mkstemp(file.data());
    if (descriptor < 0) throw std::runtime_error("no temporary file");
    ::close(descriptor);
    std::ofstream(file, std::ios::binary) << script;
    const std::string command = std::string(FOLEY_PYTHON).append(" -B ").append(file);
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("python does not start");
    std::string output;
    std::array<char, 65536> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), got);
    const int status = ::pclose(pipe);
    std::filesystem::remove(file);
    if (status != 0) throw std::runtime_error("python failed on:\n" + script);
    return output;
}

std::string python_pickle(const std::string& value, int protocol) {
    return python_pickles({value}, protocol).front();
}

std::vector<std::string> python_pickles(const std::vector<std::string>& values, int protocol) {
    constexpr std::size_t kLength = 10;  // decimal digits before each
    std::string script = "import pickle, sys\nfrom datetime import datetime\n";
    for (const std::string& value : values) {
        script += "made = pickle.dumps(" + value + ", " + std::to_string(protocol) +
                  ")\nsys.stdout.buffer.write(b'%010d' % len(made) + made)\n";
    }
    const std::string all = python(script);
    std::vector<std::string> pickles;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t size = std::stoul(all.substr(at, kLength));
        pickles.push_back(all.substr(at + kLength, size));
        at += kLength + size;
    }
    return pickles;
}

}  // namespace foley::core::testing
