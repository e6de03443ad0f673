#include "tests/sites/shotgrid/gzip.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <cstdint>
#include <stdexcept>

namespace foley::sim::shotgrid {

namespace {

void append_little_endian(std::string& out, std::uint32_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        out += static_cast<char>(number >> shift & 0xffU);
}

}  // namespace

std::string gzip(const std::string& text) {
    namespace zlib = boost::beast::zlib;
    std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);  // RFC 1952: deflate, no name, no time
    zlib::deflate_stream stream;
    const auto header = out.size();
    out.resize(header + stream.upper_bound(text.size()) + 16);
    zlib::z_params params;
    params.next_in = text.data();
    params.avail_in = text.size();
    params.next_out = out.data() + header;
    params.avail_out = out.size() - header;
    boost::system::error_code error;
    stream.write(params, zlib::Flush::finish, error);
    if (error && error != zlib::error::end_of_stream) throw std::runtime_error("gzip: " + error.message());
    out.resize(header + params.total_out);
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    append_little_endian(out, crc.checksum());
    append_little_endian(out, static_cast<std::uint32_t>(text.size()));
    return out;
}

}  // namespace foley::sim::shotgrid
