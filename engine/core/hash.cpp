#include "engine/core/hash.h"

#include <blake3.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <new>
#include <vector>

namespace taskfold {

namespace {

std::string hexOf(const unsigned char* bytes, std::size_t size)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 15];
    }
    return text;
}

template <typename Hash>
Result<std::string> hashOfFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream || !std::filesystem::is_regular_file(file))
        return Error{ErrorCode::Io, "can't read " + file.string()};
    Hash hash;
    std::vector<char> block(1 << 20);
    while (stream) {
        stream.read(block.data(), static_cast<std::streamsize>(block.size()));
        hash.add({block.data(), static_cast<std::size_t>(stream.gcount())});
    }
    if (stream.bad())
        return Error{ErrorCode::Io, "can't read " + file.string()};
    return hash.hex();
}

}  // namespace

struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : m_state(std::make_unique<State>())
{
    if (!m_state->context || EVP_DigestInit_ex(m_state->context.get(), EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes)
{
    EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size());
}

std::string Sha256::hex()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_state->context.get(), digest.data(), &size);
    return hexOf(digest.data(), size);
}

struct ContentHash::State {
    blake3_hasher hasher;
};

ContentHash::ContentHash() : m_state(std::make_unique<State>())
{
    blake3_hasher_init(&m_state->hasher);
}

ContentHash::~ContentHash() = default;
ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;

void ContentHash::add(std::string_view bytes)
{
    blake3_hasher_update(&m_state->hasher, bytes.data(), bytes.size());
}

std::string ContentHash::hex() const
{
    std::array<unsigned char, BLAKE3_OUT_LEN> digest{};
    blake3_hasher_finalize(&m_state->hasher, digest.data(), digest.size());
    return hexOf(digest.data(), digest.size());
}

std::string sha256(std::string_view bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

Result<std::string> sha256OfFile(const std::filesystem::path& file)
{
    return hashOfFile<Sha256>(file);
}

Result<std::string> contentHashOfFile(const std::filesystem::path& file)
{
    return hashOfFile<ContentHash>(file);
}

}  // namespace taskfold
