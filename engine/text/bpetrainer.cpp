#include "engine/text/bpetrainer.h"

#include "engine/text/pattern.h"
#include "engine/text/splitter.h"
#include "engine/text/utf8.h"
#include "engine/text/words.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <queue>
#include <set>
#include <unordered_map>

namespace taskfold {

namespace {

using nlohmann::json;

constexpr int kSpecials = 3;

struct Word {
    std::vector<int> tokens;
    std::int64_t count = 0;
};

using Pair = std::pair<int, int>;

/// Counts of neighbouring pairs, kept while pairs are merged.
class Merges {
public:
    explicit Merges(const std::map<std::string, std::int64_t>& counts)
    {
        for (const auto& [text, count] : counts) {
            Word word{{}, count};
            for (const char c : text)
                word.tokens.push_back(kSpecials + static_cast<unsigned char>(c));
            m_words.push_back(std::move(word));
        }
        for (std::size_t w = 0; w < m_words.size(); ++w)
            count(w, 1);
        for (const auto& [pair, number] : m_counts)
            m_queue.push({number, pair});
    }

    // The most frequent pair, of equals the one of lower numbers; nothing when none comes twice.
    std::optional<Pair> best()
    {
        while (!m_queue.empty()) {
            const Entry top = m_queue.top();
            const auto now = m_counts.find(top.pair);
            if (now != m_counts.end() && now->second == top.count)
                return top.count < 2 ? std::nullopt : std::optional<Pair>(top.pair);
            m_queue.pop();
        }
        return {};
    }

    void merge(Pair pair, int into)
    {
        const std::set<std::size_t> places = std::move(m_places[pair]);
        m_places.erase(pair);
        for (const std::size_t w : places) {
            count(w, -1);
            std::vector<int> merged;
            const std::vector<int>& old = m_words[w].tokens;
            for (std::size_t i = 0; i < old.size(); ++i) {
                const bool here = i + 1 < old.size() && old[i] == pair.first && old[i + 1] == pair.second;
                merged.push_back(here ? into : old[i]);
                i += here ? 1U : 0U;
            }
            m_words[w].tokens = std::move(merged);
            count(w, 1);
            for (std::size_t i = 0; i + 1 < m_words[w].tokens.size(); ++i) {
                const Pair near{m_words[w].tokens[i], m_words[w].tokens[i + 1]};
                m_queue.push({m_counts[near], near});
            }
        }
        for (const Pair& touched : m_touched) {
            const auto now = m_counts.find(touched);
            if (now != m_counts.end())
                m_queue.push({now->second, touched});
        }
        m_touched.clear();
    }

private:
    struct Entry {
        std::int64_t count = 0;
        Pair pair;

        bool operator<(const Entry& other) const
        {
            return count != other.count ? count < other.count : pair > other.pair;
        }
    };

    void count(std::size_t w, int sign)
    {
        const Word& word = m_words[w];
        for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i) {
            const Pair pair{word.tokens[i], word.tokens[i + 1]};
            std::int64_t& number = m_counts[pair];
            number += sign * word.count;
            if (sign > 0)
                m_places[pair].insert(w);
            else
                m_touched.push_back(pair);
            if (number == 0)
                m_counts.erase(pair);
        }
    }

    std::vector<Word> m_words;
    std::map<Pair, std::int64_t> m_counts;
    std::map<Pair, std::set<std::size_t>> m_places;
    std::vector<Pair> m_touched;
    std::priority_queue<Entry> m_queue;
};

json special(int id, const char* text)
{
    return {{"id", id}, {"content", text}, {"single_word", false}, {"lstrip", false}, {"rstrip", false},
        {"normalized", false}, {"special", true}};
}

Result<void> write(const std::filesystem::path& file, const json& value)
{
    std::ofstream out(file, std::ios::binary);
    out << value.dump(1);
    out.close();
    if (!out)
        return Error{ErrorCode::Io, "can't write " + file.string()};
    return {};
}

Result<void> writeFiles(const std::vector<std::string>& texts, const std::vector<std::string>& merges, int context,
    const std::filesystem::path& folder)
{
    json vocabulary = json::object();
    for (std::size_t id = 0; id < texts.size(); ++id)
        vocabulary[texts[id]] = id;
    const json bytes{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
    const json tokenizer{{"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr},
        {"added_tokens", {special(0, "<pad>"), special(1, "<s>"), special(2, "</s>")}}, {"normalizer", nullptr},
        {"pre_tokenizer", bytes}, {"post_processor", nullptr}, {"decoder", bytes},
        {"model",
            {{"type", "BPE"}, {"dropout", nullptr}, {"unk_token", nullptr}, {"continuing_subword_prefix", nullptr},
                {"end_of_word_suffix", nullptr}, {"fuse_unk", false}, {"byte_fallback", false},
                {"ignore_merges", false}, {"vocab", vocabulary}, {"merges", merges}}}};
    if (Result<void> written = write(folder / "tokenizer.json", tokenizer); !written)
        return written;
    return write(folder / "tokenizer_config.json",
        {{"tokenizer_class", "PreTrainedTokenizerFast"}, {"bos_token", "<s>"}, {"eos_token", "</s>"},
            {"pad_token", "<pad>"}, {"add_bos_token", true}, {"add_eos_token", false}, {"model_max_length", context}});
}

}  // namespace

Result<int> trainBpe(const NextText& next, int vocabulary, int context, const std::filesystem::path& folder,
    std::stop_token stop)
{
    if (vocabulary < kByteVocabulary)
        return Error{ErrorCode::InvalidInput,
            "a vocabulary has " + std::to_string(kByteVocabulary) + " tokens at least: the bytes and three special ones"};
    std::map<std::string, std::int64_t> counts;
    PaddedText padded;
    std::vector<std::string_view> words;
    if (vocabulary > kByteVocabulary) {
        while (const std::optional<std::string_view> text = next()) {
            if (stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            padded.clear();
            padded.append(repairedUtf8(*text));
            words.clear();
            splitByPattern(Pattern::Gpt2, padded.finish(), words);
            for (const std::string_view word : words)
                ++counts[std::string(word)];
        }
    }
    std::vector<std::string> texts{"<pad>", "<s>", "</s>"};
    for (int byte = 0; byte < 256; ++byte)
        texts.push_back(letterOf(static_cast<unsigned char>(byte)));
    std::unordered_map<std::string, int> ids;
    std::vector<std::string> merges;
    Merges learned(counts);
    while (static_cast<int>(texts.size()) < vocabulary) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const std::optional<Pair> pair = learned.best();
        if (!pair)
            break;
        const std::string& left = texts[static_cast<std::size_t>(pair->first)];
        const std::string& right = texts[static_cast<std::size_t>(pair->second)];
        merges.push_back(left + " " + right);
        const std::string both = left + right;
        // Two ways may lead to one token: "a" + "bc" and "ab" + "c".
        const auto [known, fresh] = ids.try_emplace(both, static_cast<int>(texts.size()));
        learned.merge(*pair, known->second);
        if (fresh)
            texts.push_back(both);
    }
    if (Result<void> written = writeFiles(texts, merges, context, folder); !written)
        return std::move(written).error();
    return static_cast<int>(texts.size());
}

}  // namespace taskfold
