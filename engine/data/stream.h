#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Files as bytes in order, in constant memory: plain ones, .gz, and members of .zip ("a.zip!/train.jsonl").
namespace taskfold::data {

/// By what a file is known to be the one it was, unchanged.
struct FileMark {
    std::uint64_t device = 0, number = 0;
    std::int64_t size = 0, seconds = 0, nanoseconds = 0;

    bool operator==(const FileMark&) const = default;
};
/// None where the file can't be asked.
std::optional<FileMark> markOf(int handle);
/// What is told of one that isn't.
Error changedWhileRead(const std::string& name);

class ByteStream {
public:
    virtual ~ByteStream() = default;

    /// At most `room` bytes; 0 at the end. InvalidInput or Io in one sentence.
    virtual Result<std::size_t> read(char* to, std::size_t room) = 0;
    /// Bytes of the file that were read from disk, of `total`.
    virtual std::int64_t done() const = 0;
    virtual std::int64_t total() const = 0;
    /// Of the file's (or member's) own bytes; known at the end.
    virtual std::string hash() = 0;
    /// Where bytes are a file's own, one after another from its beginning: that file's.
    virtual std::optional<FileMark> mark() const { return std::nullopt; }
};

/// NotFound, InvalidInput (a folder, a device, a bomb) or Io.
Result<std::unique_ptr<ByteStream>> openBytes(const std::filesystem::path& file);

/// The same as UTF-8 text. `encoding` is one that decodes; see encoding.h.
Result<std::unique_ptr<ByteStream>> openText(const std::filesystem::path& file, const std::string& encoding);

/// The same with carriage returns made line feeds.
std::unique_ptr<ByteStream> withLineFeeds(std::unique_ptr<ByteStream> stream);

/// The first bytes, at most `room`; `whole` says whether that was all.
Result<std::string> headOf(ByteStream& stream, std::size_t room, bool& whole);

/// Whether the file has to be unpacked to be read: by name, or by how it begins.
bool isPacked(const std::filesystem::path& file);

struct ArchiveMember {
    std::filesystem::path path;  // "a.zip!/folder/train.jsonl"
    std::string name;  // inside
    std::int64_t bytes = 0;
};

/// The files in a .zip, by name. InvalidInput for names that lead out of it, archives in archives and bombs.
Result<std::vector<ArchiveMember>> membersOf(const std::filesystem::path& archive);

/// The path's file on disk and the member inside it, if it names one.
std::pair<std::filesystem::path, std::string> splitMember(const std::filesystem::path& path);

}  // namespace taskfold::data
