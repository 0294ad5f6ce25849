#pragma once

#include "engine/core/result.h"
#include "engine/core/rowsource.h"
#include "engine/core/task.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace taskfold::train {

/// Tokens with a target that starts somewhere; the loss counts from there on.
struct Example {
    std::vector<std::int32_t> tokens;
    std::size_t targetStart = 0;

    /// Tokens that count in the loss.
    std::size_t targets() const;
};

/// What a stage draws from. Any number of threads may ask.
class ExampleSource {
public:
    virtual ~ExampleSource() = default;
    virtual std::size_t size() const = 0;
    bool empty() const { return size() == 0; }
    virtual Example at(std::size_t index) const = 0;
    /// So many of the longest, longest first: of a large source, those that look longest before they are tokenised.
    virtual std::vector<Example> longest(std::size_t count) const = 0;
    /// Of all; of a large source, of some that lie evenly in it.
    double meanTargets() const;
};

/// Examples that lie in memory.
class ListedExamples : public ExampleSource {
public:
    explicit ListedExamples(std::vector<Example> list) : m_list(std::move(list)) { }
    std::size_t size() const override { return m_list.size(); }
    Example at(std::size_t index) const override { return m_list[index]; }
    std::vector<Example> longest(std::size_t count) const override;

private:
    std::vector<Example> m_list;
};

/// A task's rows through the template, each when it is asked for, so that what a run holds and the time until its first step
/// don't grow with its rows. Those whose instruction and target alone don't fit are left out.
class RenderedRows : public ExampleSource {
public:
    /// InvalidInput when there are rows and none fits. The tokenizer must outlive it.
    static Result<std::unique_ptr<RenderedRows>> of(const Tokenizer& tokenizer, const Task& task, Rows rows, int context);

    std::size_t size() const override { return m_rows.size() - tooLong(); }
    /// How many were left out.
    std::size_t tooLong() const { return m_tooLong.size(); }
    Example at(std::size_t index) const override;
    std::vector<Example> longest(std::size_t count) const override;

private:
    RenderedRows(const Tokenizer& tokenizer, Task task, Rows rows, int context);

    std::vector<std::uint32_t> findTooLong() const;
    std::size_t placeOf(std::size_t index) const;

    const Tokenizer& m_tokenizer;
    Task m_task;
    Rows m_rows;
    int m_context;
    std::vector<std::uint32_t> m_tooLong;  // places in m_rows, rising
};

/// So many of the longest stay, longest first.
void keepLongest(std::vector<Example>& examples, std::size_t count);

std::vector<const Example*> placesOf(const std::vector<Example>& examples);

/// A task's rows through the template, at once: those that fit.
Result<std::vector<Example>> examplesOf(const Tokenizer& tokenizer, const Task& task, std::span<const Row> rows, int context);

}  // namespace taskfold::train
