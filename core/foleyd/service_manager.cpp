#include "core/foleyd/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace foley::core {

ServiceManager::ServiceManager(boost::asio::io_context& io) : timer_(io) {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) > 0) interval_ = std::chrono::microseconds(microseconds / 2);
}

void ServiceManager::ready() {
    ::sd_notify(0, "READY=1");
    if (interval_.count() > 0) feed_watchdog();
}

void ServiceManager::reloading() {
    ::sd_notify(0, "RELOADING=1");
}

void ServiceManager::stopping() {
    ::sd_notify(0, "STOPPING=1");
}

void ServiceManager::status(const std::string& sentence) {
    ::sd_notify(0, ("STATUS=" + sentence).c_str());
}

// On the engine's thread on purpose: when that hangs, the watchdog must starve.
void ServiceManager::feed_watchdog() {
    ::sd_notify(0, "WATCHDOG=1");
    timer_.expires_after(interval_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) feed_watchdog();
    });
}

}  // namespace foley::core
