// Runs a fuzz target without libFuzzer, the same way each time: its seeds, the files of a folder, and mutations of both.
//     fuzz_NAME [--runs N] [--only RUN] [FOLDER]
// When a run ends the program, its number is on stderr: --only repeats that one.
#include "engine/core/random.h"
#include "tests/fuzz/target.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

using taskfold::Random;

constexpr std::size_t kLargest = 1 << 18;
constexpr std::chrono::seconds kPatience(5);

std::int64_t running = -1;

// Async-signal-safe: no stdio, no allocation.
void onDeath(int signal)
{
    char text[64] = "died in run ";
    std::size_t length = std::strlen(text);
    char digits[24];
    std::size_t count = 0;
    for (std::uint64_t rest = static_cast<std::uint64_t>(std::max<std::int64_t>(running, 0)); count == 0 || rest > 0; rest /= 10)
        digits[count++] = static_cast<char>('0' + rest % 10);
    while (count > 0)
        text[length++] = digits[--count];
    text[length++] = '\n';
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, length);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

// Numbers that readers get wrong: signs, powers of two, limits.
std::uint64_t awkward(Random& random)
{
    const std::uint64_t power = std::uint64_t{1} << random.below(64);
    switch (random.below(5)) {
    case 0: return power - 1;
    case 1: return power;
    case 2: return ~power;
    case 3: return random.below(256);
    default: return ~random.below(256);
    }
}

void mutate(std::string& input, const std::vector<std::string>& corpus, Random& random)
{
    const auto place = [&] { return static_cast<std::size_t>(random.below(input.size())); };
    if (input.empty())
        input.push_back(static_cast<char>(random.below(256)));
    const std::size_t at = place();
    const std::size_t length = 1 + static_cast<std::size_t>(random.below(std::min<std::size_t>(input.size() - at, 64)));
    switch (random.below(8)) {
    case 0: input[at] = static_cast<char>(input[at] ^ (1 << random.below(8))); break;
    case 1: input[at] = static_cast<char>(random.below(256)); break;
    case 2: input.erase(at, length); break;
    case 3: input.insert(place(), input.substr(at, length)); break;
    case 4: input.resize(at); break;
    case 5: {
        const std::uint64_t number = awkward(random);
        const std::size_t width = std::size_t{1} << random.below(4);
        std::memcpy(input.data() + at, &number, std::min(width, input.size() - at));
        break;
    }
    case 6: {
        const std::string& other = corpus[random.below(corpus.size())];
        const std::size_t from = other.empty() ? 0 : static_cast<std::size_t>(random.below(other.size()));
        input = input.substr(0, at) + other.substr(from);
        break;
    }
    default: input.insert(at, std::to_string(static_cast<std::int64_t>(awkward(random)))); break;
    }
    if (input.size() > kLargest)
        input.resize(kLargest);
}

bool perform(std::int64_t run, const std::string& input)
{
    running = run;
    const auto begin = std::chrono::steady_clock::now();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    if (std::chrono::steady_clock::now() - begin < kPatience)
        return true;
    std::fprintf(stderr, "run %lld took too long\n", static_cast<long long>(run));
    return false;
}

std::string inputOf(std::int64_t run, const std::vector<std::string>& corpus)
{
    if (run < static_cast<std::int64_t>(corpus.size()))
        return corpus[static_cast<std::size_t>(run)];
    Random random{static_cast<std::uint64_t>(run)};
    std::string input = corpus[random.below(corpus.size())];
    for (std::uint64_t left = 1 + random.below(6); left > 0; --left)
        mutate(input, corpus, random);
    return input;
}

std::vector<std::string> filesOf(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        names.push_back(entry.path());
    std::sort(names.begin(), names.end());
    std::vector<std::string> texts;
    for (const std::filesystem::path& name : names) {
        std::ifstream stream(name, std::ios::binary);
        texts.emplace_back((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    }
    return texts;
}

}  // namespace

int main(int count, char** arguments)
{
    std::vector<std::string> corpus = taskfold::fuzz::seeds();
    std::int64_t runs = 20000, only = -1;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if ((argument == "--runs" || argument == "--only") && i + 1 < count)
            (argument == "--runs" ? runs : only) = std::atoll(arguments[++i]);
        else
            for (std::string& text : filesOf(argument))
                corpus.push_back(std::move(text));
    }
    if (corpus.empty()) {
        std::fprintf(stderr, "there is no seed\n");
        return 1;
    }
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP})
        std::signal(signal, onDeath);
    if (only >= 0)
        return perform(only, inputOf(only, corpus)) ? 0 : 1;
    for (std::int64_t run = 0; run < static_cast<std::int64_t>(corpus.size()) + runs; ++run)
        if (!perform(run, inputOf(run, corpus)))
            return 1;
    std::printf("%lld inputs, %zu of them seeds and finds\n", static_cast<long long>(corpus.size()) + static_cast<long long>(runs),
        corpus.size());
    return 0;
}
