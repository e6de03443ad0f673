// A plugin that crashes when it is told to, so that `make run` can show what happens then: to it, and to the others.
#include <foley/plugin.hpp>

#include <csignal>

static foley::Outcome when_told(const foley::Event&, foley::Context& context) {
    context.log().warn("about to crash, as asked");
    std::raise(SIGSEGV);
    return foley::done();
}

FOLEY_PLUGIN(registrar) {
    registrar.on<when_told>({.type = "demo.crash"});
}
