#include "app/jobs/rowlog.h"
#include "app/jobs/runtrainer.h"
#include "app/jobs/stage0check.h"
#include "app/jobs/taskdata.h"
#include "db/corpusrepository.h"
#include "db/metricrepository.h"
#include "engine/data/heldouttexts.h"
#include "engine/data/rowstore.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <cmath>

namespace taskfold::jobs {

Result<void> RunTrainer::pretrain(compute::Engine& engine)
{
    compute::PretrainSetup setup;
    std::int64_t leftOut = 0;
    if (Result<void> read = readCorpora(setup, leftOut); !read)
        return read;
    const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(m_setup.base);
    if (!tokenizer)
        return tokenizer.error();
    std::int64_t tokens = 0;
    for (const std::string& document : setup.documents)
        tokens += static_cast<std::int64_t>((*tokenizer)->encode(document, SpecialTokens::AsText).size()) + 1;
    const double perStep = static_cast<double>(m_plan.batch) * m_plan.context;
    m_setup.steps = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::ceil(static_cast<double>(tokens) * m_plan.stage0Epochs / perStep)));
    m_setup.evaluateEvery = m_setup.checkpointEvery = evaluationGap(m_plan, m_setup.steps);
    m_setup.warmUp = 0.02;  // method.md 4
    m_setup.finalRate = 0.1;
    m_setup.beta2 = 0.95;
    m_run.stepsTotal = m_setup.steps;
    std::vector<RowLogPart> log{{"domain text", {}}, {"general text", {}}};
    for (const std::string& document : setup.documents)
        log[0].inputs.push_back(inputHash(document));
    for (const std::string& document : setup.replay)
        log[1].inputs.push_back(inputHash(document));
    if (Result<void> written = writeRowLog(m_setup.runFolder, log); !written)
        return written;
    setup.train = m_setup;
    setup.replayShare = setup.replay.empty() ? 0 : m_plan.replay;
    Result<compute::PretrainResult> result = engine.pretrain(setup, m_recorder.events(), m_recorder.stop());
    if (!result)
        return std::move(result).error();
    if (Result<void> written = writePerplexity(*result); !written)
        return written;
    return finish(result->train, stage0Note(*result, leftOut));
}

// An import took out what it knew of; a task may have come since.
Result<void> RunTrainer::readCorpora(compute::PretrainSetup& setup, std::int64_t& leftOut)
{
    const Result<std::vector<Corpus>> corpora = db::CorpusRepository(m_database).all();
    const auto held = heldOutTexts(m_project, m_database, m_context.stop);
    if (!corpora || !held)
        return corpora ? held.error() : corpora.error();
    for (const Corpus& corpus : *corpora) {
        const auto take = [&](const std::string& hash, std::vector<std::string>& into) -> Result<void> {
            Result<std::vector<Row>> rows = data::readRows(m_project.rows(), hash);
            if (!rows)
                return std::move(rows).error();
            for (Row& row : *rows) {
                if ((*held)->heldIn(row.input).empty())
                    into.push_back(std::move(row.input));
                else
                    ++leftOut;
            }
            return {};
        };
        Result<void> read = take(corpus.hash, corpus.domain ? setup.documents : setup.replay);
        if (read)
            read = take(corpus.heldOutHash, corpus.domain ? setup.heldOut : setup.generalHeldOut);
        if (!read)
            return read;
    }
    if (setup.documents.empty())
        return Error{ErrorCode::InvalidInput, "stage 0 has no domain text: import a corpus, or leave it out of the plan"};
    return {};
}

Result<void> RunTrainer::writePerplexity(const compute::PretrainResult& result)
{
    std::vector<MetricPoint> points;
    const auto add = [&](const char* name, const compute::Perplexity& before, const compute::Perplexity& after) {
        if (before.tokens == 0)
            return;
        points.push_back({{}, 0, name, before.perplexity});
        points.push_back({{}, std::max<std::int64_t>(1, result.train.steps), name, after.perplexity});
    };
    add("domain_perplexity", result.domainBefore, result.domainAfter);
    add("general_perplexity", result.generalBefore, result.generalAfter);
    return db::MetricRepository(m_database).append(m_run.id, points);
}

}  // namespace taskfold::jobs
