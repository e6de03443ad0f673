// The `hello` frame: what a plugin declares.
#include "core/hosting/protocol.hpp"

namespace foley::core {
namespace {

void write_list(WireWriter& writer, const std::vector<std::string>& texts) {
    writer.count(texts.size());
    for (const std::string& text : texts)
        writer.text(text);
}

std::vector<std::string> read_list(WireReader& reader) {
    std::vector<std::string> texts(reader.count(4));
    for (std::string& text : texts)
        text = reader.string();
    return texts;
}

void write_callback(WireWriter& writer, const CallbackDeclaration& callback) {
    writer.text(callback.name);
    writer.u8(static_cast<std::uint8_t>(callback.kind));
    writer.u8(callback.on_error ? static_cast<std::uint8_t>(static_cast<unsigned>(*callback.on_error) + 1) : 0);
    writer.i64(callback.interval.count());
    write_list(writer, callback.filter.source);
    write_list(writer, callback.filter.type);
    write_list(writer, callback.filter.attribute);
    write_list(writer, callback.filter.entity_type);
    write_list(writer, callback.filter.project);
    write_list(writer, callback.filter.exclude_project);
}

CallbackDeclaration read_callback(WireReader& reader) {
    CallbackDeclaration callback;
    callback.name = reader.string();
    callback.kind = CallbackKind{reader.at_most(static_cast<std::uint8_t>(CallbackKind::timer))};
    const std::uint8_t on_error = reader.at_most(static_cast<std::uint8_t>(OnError::hold) + 1);
    if (on_error > 0) callback.on_error = OnError{static_cast<std::uint8_t>(on_error - 1)};
    callback.interval = std::chrono::microseconds{reader.i64()};
    if (callback.kind == CallbackKind::timer && callback.interval.count() < 1000) {
        throw ProtocolError("the timer " + callback.name + " has an interval under a millisecond");
    }
    callback.filter.kind = callback.kind == CallbackKind::gap ? EventKind::gap : EventKind::site;
    callback.filter.source = read_list(reader);
    callback.filter.type = read_list(reader);
    callback.filter.attribute = read_list(reader);
    callback.filter.entity_type = read_list(reader);
    callback.filter.project = read_list(reader);
    callback.filter.exclude_project = read_list(reader);
    return callback;
}

void write_setting(WireWriter& writer, const SettingDeclaration& setting) {
    writer.text(setting.name);
    writer.u8(static_cast<std::uint8_t>(setting.type));
    writer.boolean(setting.required);
    writer.text(setting.description);
    writer.text(setting.default_value);
    writer.text(setting.minimum);
    writer.text(setting.maximum);
    write_list(writer, setting.choices);
}

SettingDeclaration read_setting(WireReader& reader) {
    SettingDeclaration setting;
    setting.name = reader.string();
    setting.type = SettingType{reader.at_most(static_cast<std::uint8_t>(SettingType::choice))};
    setting.required = reader.boolean();
    setting.description = reader.string();
    setting.default_value = reader.string();
    setting.minimum = reader.string();
    setting.maximum = reader.string();
    setting.choices = read_list(reader);
    if (const auto why = why_not_a_setting(setting)) throw ProtocolError(*why);
    return setting;
}

}  // namespace

void encode_hello(std::string& out, const Hello& hello) {
    std::string body;
    WireWriter writer(body);
    writer.u32(kProtocolVersion);
    writer.u32(hello.abi_major);
    writer.u32(hello.abi_minor);
    writer.text(hello.sdk_version);
    writer.text(hello.compiler);
    writer.count(hello.callbacks.size());
    for (const CallbackDeclaration& callback : hello.callbacks)
        write_callback(writer, callback);
    writer.count(hello.settings.size());
    for (const SettingDeclaration& setting : hello.settings)
        write_setting(writer, setting);
    WireWriter frame(out);
    frame.count(body.size());
    frame.u8(static_cast<std::uint8_t>(FrameType::hello));
    out += body;
}

Hello decode_hello(std::string_view body) {
    WireReader reader(body);
    const std::uint32_t version = reader.u32();
    if (version != kProtocolVersion) {
        throw ProtocolError("the host speaks version " + std::to_string(version) +
                            " of the host protocol, this daemon version " + std::to_string(kProtocolVersion) +
                            "; foleyd and foley-host must be of one installation");
    }
    Hello hello;
    hello.abi_major = reader.u32();
    hello.abi_minor = reader.u32();
    hello.sdk_version = reader.string();
    hello.compiler = reader.string();
    for (std::uint32_t left = reader.count(38); left > 0; --left)
        hello.callbacks.push_back(read_callback(reader));
    for (std::uint32_t left = reader.count(26); left > 0; --left)
        hello.settings.push_back(read_setting(reader));
    reader.end();
    return hello;
}

}  // namespace foley::core
