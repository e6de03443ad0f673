// PluginRunner: how long callbacks took, for whoever wants to know.
#include "core/engine/plugin_runner.hpp"

namespace foley::core {

void PluginRunner::on_timings(HostedCopy& session, std::span<const CallTiming> timings) {
    if (&session != active_.get()) return;
    for (const CallTiming& timing : timings) {
        const DeliveryWindow::InFlight* in_flight = window_.find(timing.delivery);
        if (in_flight == nullptr || !in_flight->delivery.event) continue;
        services_.listener.on_callback_timed({.plugin = name_,
                                              .callback = session.callback_name(timing.callback),
                                              .event = in_flight->delivery.event,
                                              .start = timing.start,
                                              .duration = timing.duration,
                                              .code = timing.code});
    }
}

// The host cannot tell any more how long its last callback took; the record that it shares with us can.
void PluginRunner::time_of_crash(const HostedCopy& session, const HostExit& exit, const Delivery& running) const {
    if (!services_.options->timings || !exit.running_since || !running.event || !exit.survey.running) return;
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(
        std::max(services_.clock.steady() - *exit.running_since, SteadyTime::duration::zero()));
    services_.listener.on_callback_timed({.plugin = name_,
                                          .callback = session.callback_name(exit.survey.running->callback),
                                          .event = running.event,
                                          .start = services_.clock.now() - taken,
                                          .duration = taken,
                                          .code = OutcomeCode::failed,
                                          .crashed = true});
}

}  // namespace foley::core
