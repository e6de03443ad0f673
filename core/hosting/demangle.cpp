#include "core/hosting/demangle.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include <cxxabi.h>

namespace foley::core {

std::string demangle(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 && text ? std::string(text.get()) : std::string(name);
}

std::string describe_current_exception() {
    const std::type_info* type = abi::__cxa_current_exception_type();
    const std::string name = type != nullptr ? demangle(type->name()) : std::string("an exception of another language");
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::exception& error) {
        return name + ": " + error.what();
    } catch (const std::string& text) {
        return "an exception that is a text: " + text;
    } catch (const char* text) {
        return std::string("an exception that is a text: ") + (text != nullptr ? text : "null");
    } catch (...) {
        return "an exception of type " + name;
    }
}

}  // namespace foley::core
