// Plain text, CoNLL, parallel files, and files of which nothing is known, in any encoding.
#include "tests/fuzz/readall.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    const auto seed = [](int settings, const std::string& text) { return std::string(1, static_cast<char>(settings)) + text; };
    std::string wide;
    for (const char c : std::string("{\"input\": \"wide\", \"target\": \"x\"}\n"))
        wide += std::string(1, c) + std::string(1, '\0');
    return {
        seed(0, "A document.\nIts second line.\n\nAnother one.\n"),
        seed(1, "EU B-ORG\nrejects O\n\nPeter B-PER\nBlackburn I-PER\n\n-DOCSTART- O\n"),
        seed(1, "1\tEU\t_\tS-ORG\n2\tx\t_\tO\n\n# comment\n1\ty\t_\tB-LOC\n2\tz\t_\tE-LOC\n"),
        seed(2, std::string("one\ntwo\nthree\n") + '\0' + "a\nb\n"),
        seed(3, "input,target\none,a\n"),
        seed(3, "{\"input\": \"one\", \"target\": \"a\"}\n"),
        seed(3, wide),
        seed(3, "\xFF\xFE" + wide),
        seed(7, "gb \xC4\xE3\xBA\xC3\n\n\x81\x30\x81\x30\n"),
    };
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    static const char* const kEncodings[] = {"", "gb18030", "utf-16le", "latin-1"};
    std::string_view bytes = fuzz::viewOf(data, size);
    const unsigned settings = fuzz::takeByte(bytes);
    data::ReadOptions options;
    options.encoding = kEncodings[settings / 4 % 4];
    static fuzz::MemoryFile partner;
    switch (settings % 4) {
    case 0: options.format = data::FileFormat::Text; break;
    case 1:
        options.format = data::FileFormat::Conll;
        if (settings & 16)
            options.tokenColumn = static_cast<int>(settings / 32);
        break;
    case 2: {
        const std::size_t part = bytes.find('\0');
        partner.hold(part == std::string_view::npos ? bytes : bytes.substr(part + 1));
        options.partner = partner.path();
        bytes = bytes.substr(0, part);
        break;
    }
    default: break;  // to be detected
    }
    fuzz::readBytes(bytes, options);
    return 0;
}
