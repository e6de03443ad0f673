// Whole small files: read, and written so that a reader sees the old or the new content and never a part.
// Blocking. Throws std::system_error with the file's name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

namespace foley::core {

// Throws also when the file is longer than `limit`. Works for files whose size stat does not know (/proc).
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::numeric_limits<std::size_t>::max());

enum class Durability { page_cache, synced };

// Writes beside `path` and renames. With `synced` the content and the name are on disk when it returns.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           Durability durability = Durability::synced, unsigned mode = 0600);

// The whole text, through short writes and interruptions. `name` is for the error.
void write_all(int fd, std::string_view content, const std::string& name);

// Makes renames and new names in it durable.
void sync_directory(const std::filesystem::path& directory);

}  // namespace foley::core
