#pragma once

#include "engine/text/textencoder.h"

#include <memory>
#include <string>

namespace taskfold {

/// A SentencePiece model, as its own library reads it. Any number of threads may use one.
class SentencePieceModel {
public:
    /// InvalidInput where the bytes are no such model.
    static Result<std::unique_ptr<SentencePieceModel>> of(std::string bytes);
    ~SentencePieceModel();

    int size() const;
    std::string text(int id) const;
    /// Never made from a text: start, end, unknown, unused.
    bool isSpecial(int id) const;
    int bos() const;
    int eos() const;

    /// It must not outlive the model.
    std::unique_ptr<TextEncoder> encoder() const;
    /// A whole text: its dummy first space is dropped.
    std::string decode(const std::vector<std::int32_t>& ids) const;

private:
    struct Library;
    class Encoder;

    SentencePieceModel();

    std::unique_ptr<Library> m_library;
};

}  // namespace taskfold
