#include "engine/train/examples.h"

#include "engine/text/template.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace taskfold::train {

namespace {

// Sources of more rows aren't tokenised whole to learn about them.
constexpr std::size_t kLarge = 10'000;
constexpr std::size_t kSample = 2'000;

Error noneFits(const Task& task, int context)
{
    return {ErrorCode::InvalidInput,
        "no row of " + task.name + " fits into a context of " + std::to_string(context) + " tokens: choose a longer one"};
}

}  // namespace

void keepLongest(std::vector<Example>& examples, std::size_t count)
{
    count = std::min(count, examples.size());
    std::partial_sort(examples.begin(), examples.begin() + static_cast<std::ptrdiff_t>(count), examples.end(),
        [](const Example& a, const Example& b) { return a.tokens.size() > b.tokens.size(); });
    examples.resize(count);
}

std::vector<const Example*> placesOf(const std::vector<Example>& examples)
{
    std::vector<const Example*> places;
    places.reserve(examples.size());
    for (const Example& example : examples)
        places.push_back(&example);
    return places;
}

std::size_t Example::targets() const
{
    const std::size_t start = std::max<std::size_t>(targetStart, 1);
    return tokens.size() > start ? tokens.size() - start : 0;
}

double ExampleSource::meanTargets() const
{
    const std::size_t count = size() > kLarge ? kSample : size();
    double targets = 0;
    for (std::size_t i = 0; i < count; ++i)
        targets += static_cast<double>(at(i * size() / count).targets());
    return targets / static_cast<double>(std::max<std::size_t>(1, count));
}

std::vector<Example> ListedExamples::longest(std::size_t count) const
{
    std::vector<const Example*> places = placesOf(m_list);
    count = std::min(count, places.size());
    std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
        [](const Example* a, const Example* b) { return a->tokens.size() > b->tokens.size(); });
    std::vector<Example> examples;
    for (std::size_t i = 0; i < count; ++i)
        examples.push_back(*places[i]);
    return examples;
}

RenderedRows::RenderedRows(const Tokenizer& tokenizer, Task task, Rows rows, int context)
    : m_tokenizer(tokenizer)
    , m_task(std::move(task))
    , m_rows(std::move(rows))
    , m_context(context)
    , m_tooLong(findTooLong())
{
}

Result<std::unique_ptr<RenderedRows>> RenderedRows::of(const Tokenizer& tokenizer, const Task& task, Rows rows, int context)
{
    std::unique_ptr<RenderedRows> rendered(new RenderedRows(tokenizer, task, std::move(rows), context));
    if (rendered->empty() && rendered->tooLong() > 0)
        return noneFits(task, context);
    return rendered;
}

// By the bytes of its target where they settle it; else the target is tokenised. On all cores: a task may have millions.
std::vector<std::uint32_t> RenderedRows::findTooLong() const
{
    constexpr std::size_t kBlock = 8192;
    const std::size_t fixed = fixedTokens(m_tokenizer, m_task), room = static_cast<std::size_t>(std::max(0, m_context));
    std::vector<std::uint32_t> found;
    std::mutex mutex;
    std::exception_ptr failure;
    std::atomic<std::size_t> next = 0;
    const auto look = [&] {
        std::vector<std::uint32_t> own;
        for (std::size_t from = next.fetch_add(kBlock); from < m_rows.size(); from = next.fetch_add(kBlock))
            for (std::size_t i = from; i < std::min(m_rows.size(), from + kBlock); ++i)
                if (fixed + m_tokenizer.mostTokens(m_rows.lengths(i).target) >= room
                    && fixed + m_tokenizer.encodeContinuation(m_rows[i].target, SpecialTokens::AsText).size() >= room)
                    own.push_back(static_cast<std::uint32_t>(i));
        const std::lock_guard lock(mutex);
        found.insert(found.end(), own.begin(), own.end());
    };
    const auto guarded = [&] {
        try {
            look();
        } catch (...) {
            const std::lock_guard lock(mutex);
            failure = std::current_exception();
            next = m_rows.size();
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), m_rows.size() / kBlock); ++i)
            others.emplace_back(guarded);
        guarded();
    }
    if (failure)
        std::rethrow_exception(failure);
    std::sort(found.begin(), found.end());
    return found;
}

// The index-th of those that fit.
std::size_t RenderedRows::placeOf(std::size_t index) const
{
    std::size_t low = 0, high = m_tooLong.size();  // how many that don't fit lie before it
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (m_tooLong[middle] <= index + middle)
            low = middle + 1;
        else
            high = middle;
    }
    return index + low;
}

Example RenderedRows::at(std::size_t index) const
{
    Result<Rendered> rendered = render(m_tokenizer, m_task, m_rows[placeOf(index)], m_context);
    if (!rendered)
        throw std::runtime_error("a row of " + m_task.name + ": " + rendered.error().detail);
    return {std::move(rendered->tokens), rendered->targetStart};
}

std::vector<Example> RenderedRows::longest(std::size_t count) const
{
    std::vector<Example> examples;
    if (m_rows.size() <= kLarge) {
        for (std::size_t i = 0; i < size(); ++i)
            examples.push_back(at(i));
    } else {
        for (const std::size_t place : mostBytes(m_rows, 4 * count + tooLong()))
            if (Result<Rendered> rendered = render(m_tokenizer, m_task, m_rows[place], m_context))
                examples.push_back({std::move(rendered->tokens), rendered->targetStart});
    }
    keepLongest(examples, count);
    return examples;
}

Result<std::vector<Example>> examplesOf(const Tokenizer& tokenizer, const Task& task, std::span<const Row> rows, int context)
{
    std::vector<Example> examples;
    examples.reserve(rows.size());
    for (const Row& row : rows)
        if (Result<Rendered> rendered = render(tokenizer, task, row, context))
            examples.push_back({std::move(rendered->tokens), rendered->targetStart});
    if (examples.empty() && !rows.empty())
        return noneFits(task, context);
    return examples;
}

}  // namespace taskfold::train
