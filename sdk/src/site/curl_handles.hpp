// libcurl's handles as objects.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <new>
#include <string>

namespace foley::site {

// libcurl wants its global state made before the first handle and is happy to keep it until the process ends.
inline void initialise_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw std::bad_alloc();
}

struct FreeCurlList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
struct FreeCurlEasy {
    void operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }
};
struct FreeCurlMulti {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
using CurlList = std::unique_ptr<curl_slist, FreeCurlList>;
using CurlEasy = std::unique_ptr<CURL, FreeCurlEasy>;
using CurlMulti = std::unique_ptr<CURLM, FreeCurlMulti>;

inline void append(CurlList& list, const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
}

}  // namespace foley::site
