// ServiceManager: tells systemd how the daemon does (sd_notify), and feeds its watchdog. Without systemd it does
// nothing. Thread: the engine's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <string>

namespace foley::core {

class ServiceManager {
public:
    explicit ServiceManager(boost::asio::io_context& io);

    void ready();  // started; also after reloading()
    void reloading();
    void stopping();
    void status(const std::string& sentence);

private:
    void feed_watchdog();

    boost::asio::steady_timer timer_;
    std::chrono::microseconds interval_{0};
};

}  // namespace foley::core
