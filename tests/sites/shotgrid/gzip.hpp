// Packs an answer as Content-Encoding gzip.
#pragma once

#include <string>

namespace foley::sim::shotgrid {

std::string gzip(const std::string& text);

}  // namespace foley::sim::shotgrid
