// The rows of the table imported.
#include "core/journal/encoding.hpp"
#include "core/journal/sqlite/rows.hpp"

namespace foley::core {
namespace {

std::int64_t imported_sum(ConsumerNumber consumer, std::string_view position) {
    return Checksum(Checksum::Table::imported).add(consumer).add(position).value();
}

}  // namespace

std::optional<ImportedPosition> read_imported(Connection& connection, ConsumerNumber consumer) {
    Statement& row = connection("SELECT position, checksum FROM imported WHERE consumer = ?1");
    const ResetAtEnd reset(row);
    row.bind(1, consumer);
    if (!row.step()) return std::nullopt;
    const std::string where = "table imported, consumer " + std::to_string(consumer) + ": ";
    if (row.integer(1) != imported_sum(consumer, row.bytes(0))) {
        throw row.database().damaged(where + "it does not match its checksum");
    }
    try {
        return decode_imported(row.bytes(0));
    } catch (const std::runtime_error& error) {
        throw row.database().damaged(where + error.what());
    }
}

void write_imported(Connection& connection, ConsumerNumber consumer, const ImportedPosition& imported) {
    const std::string bytes = encode_imported(imported);
    connection("INSERT OR REPLACE INTO imported (consumer, position, checksum) VALUES (?1, ?2, ?3)")
        .bind(1, consumer)
        .bind_blob(2, bytes)
        .bind(3, imported_sum(consumer, bytes))
        .run();
}

}  // namespace foley::core
