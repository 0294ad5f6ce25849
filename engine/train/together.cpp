#include "engine/train/together.h"

#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/train/prepared.h"
#include "engine/train/stage.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::train {

namespace {

using Clock = std::chrono::steady_clock;

struct Member {
    const compute::TrainPart* part = nullptr;
    std::unique_ptr<model::Adapter> adapter;
    std::unique_ptr<Learner> learner;
    Prepared prepared;
    Judge judge;
    std::unique_ptr<Stage> stage;
    bool ended = false;
};

/// The trainings that share a base, from round to round: each takes one step in each, until its own end. All have their
/// checkpoints after the same rounds, and before one ends: so that what was killed can go on from one round, in the same
/// company, to the same bits.
class Group {
public:
    explicit Group(std::vector<Member> members) : m_members(std::move(members)), m_perPass(m_members.size()) { }

    Result<void> run()
    {
        if (Result<void> resumed = resume(); !resumed)
            return resumed;
        endThoseDone();
        probe();
        while (true) {
            stopThoseAsked();
            const std::vector<Member*> active = activeOnes();
            if (active.empty())
                return {};
            round(active);
            endThoseDone();
        }
    }

private:
    std::vector<Member*> activeOnes()
    {
        std::vector<Member*> active;
        for (Member& member : m_members)
            if (!member.ended)
                active.push_back(&member);
        return active;
    }

    static void end(Member& member, Result<compute::TrainResult> result)
    {
        member.ended = true;
        if (result)
            addNote(member.prepared, *result);
        member.part->onEnd(result);
    }

    // The newest round of which everyone has a whole checkpoint.
    Result<void> resume()
    {
        std::optional<std::int64_t> common;
        for (bool agreed = false; !agreed;) {
            agreed = true;
            for (const Member& member : m_members) {
                const std::int64_t own = member.part->setup.resume ? member.stage->store().newestWhole(common).value_or(0) : 0;
                agreed = agreed && (!common || own == *common);
                common = std::min(common.value_or(own), own);
            }
        }
        for (Member& member : m_members)
            if (member.part->setup.resume)
                if (Result<void> resumed = member.stage->resume(common); !resumed)
                    return resumed;
        return {};
    }

    void stopThoseAsked()
    {
        for (Member& member : m_members)
            if (!member.ended && member.part->stop.stop_requested())
                end(member, model::guarded([&] { return member.stage->stopped(); }));
    }

    void endThoseDone()
    {
        for (Member& member : m_members)
            if (!member.ended && member.stage->done())
                end(member, model::guarded([&] { return member.stage->finish(); }));
    }

    // Everybody's longest rows at once.
    void probe()
    {
        std::vector<Member*> active = activeOnes();
        if (active.empty() || active.front()->part->setup.measureOnly)
            return;
        std::vector<std::vector<Example>> longest;
        std::vector<std::vector<const Example*>> batches;
        for (Member* member : active) {
            longest.push_back(member->stage->longestBatch());
            batches.push_back(placesOf(longest.back()));
        }
        gradients(active, batches);
        for (Member* member : active)
            member->learner->trained().zeroGradient();
    }

    // In one pass, or in as many as the memory wants.
    std::vector<BatchLoss> gradients(const std::vector<Member*>& active, const std::vector<std::vector<const Example*>>& batches)
    {
        while (true) {
            try {
                std::vector<BatchLoss> losses;
                for (std::size_t from = 0; from < active.size(); from += m_perPass)
                    pass(active, batches, from, std::min(active.size(), from + m_perPass), losses);
                return losses;
            } catch (const std::exception& e) {
                if (!model::saysOutOfMemory(e) || m_perPass == 1)
                    throw;
            }
            m_perPass = (m_perPass + 1) / 2;
            for (Member* member : active) {
                member->learner->trained().zeroGradient();
                member->stage->note("the memory didn't hold the trainings that were to share a pass: " + std::to_string(m_perPass)
                    + " at a time from step " + std::to_string(member->stage->step() + 1) + " on, with the same result");
            }
            active.front()->learner->forgetMemory();
        }
    }

    static void pass(const std::vector<Member*>& active, const std::vector<std::vector<const Example*>>& batches,
        std::size_t from, std::size_t to, std::vector<BatchLoss>& losses)
    {
        if (to - from == 1) {
            losses.push_back(active[from]->stage->gradient(batches[from]));
            return;
        }
        std::vector<Learner*> learners;
        for (std::size_t i = from; i < to; ++i)
            learners.push_back(active[i]->learner.get());
        for (BatchLoss& loss : Learner::together(
                 learners, std::span(batches).subspan(from, to - from), active[from]->part->setup.lossMean))
            losses.push_back(std::move(loss));
    }

    void round(const std::vector<Member*>& active)
    {
        const auto start = Clock::now();
        std::vector<std::vector<const Example*>> batches;
        for (Member* member : active)
            batches.push_back(member->stage->draw());
        const double before = active.front()->learner->work();
        const std::vector<BatchLoss> losses = gradients(active, batches);
        const double flops = active.front()->learner->work() - before;
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        double tokens = 0;
        for (const BatchLoss& loss : losses)
            tokens += static_cast<double>(loss.tokens);
        for (std::size_t i = 0; i < active.size(); ++i) {
            const double share = static_cast<double>(losses[i].tokens) / std::max(tokens, 1.0);
            attempt(*active[i], [&](Stage& stage) { return stage.take(losses[i], seconds * share, flops * share); });
        }
        judgeAndKeep(active);
    }

    void judgeAndKeep(const std::vector<Member*>& active)
    {
        bool anyDue = false, anyDone = false;
        for (Member* member : active) {
            attempt(*member, [&](Stage& stage) -> Result<void> {
                const Result<bool> due = stage.judgeIfDue();
                if (!due)
                    return due.error();
                anyDue = anyDue || *due;
                return {};
            });
            anyDone = anyDone || member->ended || member->stage->done();
        }
        for (Member* member : active)
            attempt(*member, [&](Stage& stage) { return anyDue || anyDone ? stage.keep() : stage.tellSaved(false); });
        for (Member* member : active)
            if (anyDone)
                attempt(*member, [&](Stage& stage) { return stage.tellSaved(true); });
    }

    // An error is the end of that member alone.
    template <typename Body>
    void attempt(Member& member, const Body& body)
    {
        if (member.ended)
            return;
        if (Result<void> done = model::guarded([&]() -> Result<void> { return body(*member.stage); }); !done)
            end(member, std::move(done).error());
    }

    std::vector<Member> m_members;
    std::size_t m_perPass;
};

Result<void> checkParts(const std::vector<compute::TrainPart>& parts)
{
    if (parts.empty())
        return Error{ErrorCode::InvalidInput, "there is nothing to train"};
    const compute::TrainSetup& first = parts.front().setup;
    for (const compute::TrainPart& part : parts) {
        const compute::TrainSetup& setup = part.setup;
        const bool fits = setup.method == Method::Lora && setup.base == first.base && setup.placement.device == "cpu"
            && setup.placement.device == first.placement.device && setup.placement.threads == first.placement.threads
            && setup.placement.precision == first.placement.precision && setup.lora == first.lora && !setup.lora.dora
            && setup.lora.dropout == 0 && setup.lossMean == first.lossMean && setup.weighting == Weighting::Plain
            && setup.checkpointing == first.checkpointing && setup.steps > 0 && setup.batch > 0;
        if (!fits)
            return Error{ErrorCode::Unsupported, "these trainings can't share a pass: LoRA without dropout and DoRA, on the CPU, "
                                                 "from one base with one set of adapter settings"};
    }
    return {};
}

}  // namespace

Result<void> trainTogether(const std::vector<compute::TrainPart>& parts)
{
    return model::guarded([&]() -> Result<void> {
        if (Result<void> fit = checkParts(parts); !fit)
            return fit;
        const compute::TrainSetup& first = parts.front().setup;
        const Result<torch::Device> device = model::place(first.placement);
        if (!device)
            return device.error();
        Result<model::Loaded> loaded = model::loadForTraining(first, *device);
        if (!loaded)
            return std::move(loaded).error();
        if (loaded->base != first.base)
            return Error{ErrorCode::Unsupported, "trainings that go on from an adapter can't share a pass"};
        std::vector<Member> members(parts.size());
        for (std::size_t i = 0; i < parts.size(); ++i) {
            Member& member = members[i];
            const compute::TrainSetup& setup = parts[i].setup;
            member.part = &parts[i];
            member.adapter = std::make_unique<model::Adapter>(setup.lora, loaded->model->config(), *device);
            member.adapter->initialise(setup.seed, loaded->model->parameters());
            member.learner = i == 0
                ? std::make_unique<Learner>(*loaded->model, setup.placement.precision, member.adapter.get())
                : std::make_unique<Learner>(*members.front().learner, *member.adapter);
            Result<Prepared> prepared = prepare(setup, *loaded->tokenizer, loaded->model->config().context);
            if (!prepared)
                return std::move(prepared).error();
            member.prepared = *std::move(prepared);
            if (member.prepared.sources.empty() || member.prepared.sources.front().examples->empty())
                return Error{ErrorCode::InvalidInput, "there are no training rows"};
            member.judge = judgeOf(setup, *loaded->tokenizer, member.prepared.validation);
        }
        for (Member& member : members)  // where they lie now they stay
            member.stage = std::make_unique<Stage>(member.part->setup, *member.learner, loaded->base,
                std::move(member.prepared.sources), member.judge, member.part->events);
        return Group(std::move(members)).run();
    });
}

}  // namespace taskfold::train
