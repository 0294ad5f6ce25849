#include "app/jobs/planfile.h"

#include "engine/core/hash.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

using nlohmann::json;

json tinyJson(const TinySize& size)
{
    return {{"layers", size.layers}, {"hidden", size.hidden}, {"heads", size.heads}, {"key_value_heads", size.keyValueHeads},
        {"feed_forward", size.feedForward}, {"context", size.context}, {"vocabulary", size.vocabulary}};
}

json loraJson(const LoraSettings& lora)
{
    return {{"rank", lora.rank}, {"alpha", lora.alpha}, {"dropout", lora.dropout}, {"targets", lora.targets},
        {"rank_stabilised", lora.rankStabilised}, {"dora", lora.dora}};
}

// What came after the first version stands there only where it isn't as it was before: a plan keeps its hash.
void addLater(json& body, const Plan& plan)
{
    const Plan usual;
    const auto add = [&](const char* key, const auto& value, const auto& usually, const json& written) {
        if (value != usually)
            body[key] = written;
    };
    add("evaluation_share", plan.evaluationShare, usual.evaluationShare, plan.evaluationShare);
    add("average_checkpoints", plan.averageCheckpoints, usual.averageCheckpoints, plan.averageCheckpoints);
    add("together", plan.together, usual.together, plan.together);
    add("stage2_tasks", plan.stage2Tasks, usual.stage2Tasks, wordOf(plan.stage2Tasks));
    add("stage3_tasks", plan.stage3Tasks, usual.stage3Tasks, wordOf(plan.stage3Tasks));
    add("weighting", plan.weighting, usual.weighting, wordOf(plan.weighting));
    add("ablation", plan.ablation, usual.ablation, plan.ablation);
    add("reference", plan.reference, usual.reference, plan.reference);
}

json jsonOf(const Plan& plan)
{
    json body{{"name", plan.name}, {"base", plan.base}, {"tiny", tinyJson(plan.tiny)}, {"method", wordOf(plan.method)},
        {"lora", loraJson(plan.lora)},
        {"kept", plan.kept}, {"excluded", plan.excluded}, {"high_resource_rule", wordOf(plan.rule)},
        {"high_resource_parameter", plan.ruleParameter}, {"high_resource", plan.highResource},
        {"sampler", wordOf(plan.sampler)}, {"sampler_parameter", plan.samplerParameter},
        {"sampler_second", plan.samplerSecond}, {"stages", plan.stages}, {"baselines", plan.baselines},
        {"seeds", plan.seeds}, {"device", plan.device}, {"threads", plan.threads}, {"precision", wordOf(plan.precision)},
        {"batch", plan.batch}, {"context", plan.context}, {"loss_mean", wordOf(plan.lossMean)},
        {"learning_rate", plan.learningRate}, {"schedule", wordOf(plan.schedule)},
        {"accumulate", plan.accumulate}, {"checkpointing", plan.checkpointing}, {"warm_up", plan.warmUp}, {"weight_decay", plan.weightDecay},
        {"clip", plan.clip}, {"epochs_cap", plan.epochsCap}, {"epochs_default", plan.epochsDefault},
        {"stage0_epochs", plan.stage0Epochs}, {"replay", plan.replay}, {"patience", plan.patience},
        {"validation_rows", plan.validationRows}, {"evaluations", plan.evaluations},
        {"min_evaluation_gap", plan.minEvaluationGap}, {"train_rows_cap", plan.trainRowsCap},
        {"test_rows_cap", plan.testRowsCap}, {"max_new_tokens", plan.maxNewTokens}, {"data", plan.dataHashes},
        {"masks", plan.masks}, {"created", plan.created}};
    addLater(body, plan);
    return body;
}

// Takes values out of an object by key, and complains about what nobody took.
class Reader {
public:
    Reader(const json& object, std::string where) : m_object(object), m_where(std::move(where)) { }

    template <typename T>
    void take(const char* key, T& value)
    {
        ++m_known[key];
        const auto found = m_object.find(key);
        if (found == m_object.end())
            return;
        if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
            if (!found->is_number())
                throw std::invalid_argument(m_where + "“" + key + "” must be a number");
            if (std::is_integral_v<T> && !found->is_number_integer())
                throw std::invalid_argument(m_where + "“" + key + "” must be a whole number");
        }
        try {
            found->get_to(value);
        } catch (const json::exception&) {
            throw std::invalid_argument(m_where + "“" + key + "” isn't of the right type");
        }
    }

    template <typename Enum>
    void takeWord(const char* key, Enum& value, std::optional<Enum> (*of)(std::string_view))
    {
        std::string word(wordOf(value));
        take(key, word);
        const std::optional<Enum> known = of(word);
        if (!known)
            throw std::invalid_argument(m_where + "“" + key + "” is “" + word + "”, which isn't known");
        value = *known;
    }

    const json* object(const char* key)
    {
        ++m_known[key];
        const auto found = m_object.find(key);
        if (found != m_object.end() && !found->is_object())
            throw std::invalid_argument(m_where + "“" + key + "” must be an object");
        return found == m_object.end() ? nullptr : &*found;
    }

    void refuseOthers() const
    {
        for (const auto& [key, value] : m_object.items())
            if (!m_known.contains(key))
                throw std::invalid_argument(m_where + "“" + key + "” isn't known");
    }

private:
    const json& m_object;
    std::string m_where;
    std::map<std::string, int> m_known;
};

void readTiny(const json& object, TinySize& size)
{
    Reader reader(object, "tiny: ");
    reader.take("layers", size.layers);
    reader.take("hidden", size.hidden);
    reader.take("heads", size.heads);
    reader.take("key_value_heads", size.keyValueHeads);
    reader.take("feed_forward", size.feedForward);
    reader.take("context", size.context);
    reader.take("vocabulary", size.vocabulary);
    reader.refuseOthers();
}

void readLora(const json& object, LoraSettings& lora)
{
    Reader reader(object, "lora: ");
    reader.take("rank", lora.rank);
    reader.take("alpha", lora.alpha);
    reader.take("dropout", lora.dropout);
    reader.take("targets", lora.targets);
    reader.take("rank_stabilised", lora.rankStabilised);
    reader.take("dora", lora.dora);
    reader.refuseOthers();
}

void readTraining(Reader& reader, Plan& plan)
{
    reader.take("device", plan.device);
    reader.take("threads", plan.threads);
    reader.takeWord("precision", plan.precision, precisionOf);
    reader.take("batch", plan.batch);
    reader.take("context", plan.context);
    reader.takeWord("loss_mean", plan.lossMean, lossMeanOf);
    reader.take("learning_rate", plan.learningRate);
    reader.takeWord("schedule", plan.schedule, scheduleOf);
    reader.take("accumulate", plan.accumulate);
    reader.take("checkpointing", plan.checkpointing);
    reader.take("warm_up", plan.warmUp);
    reader.take("weight_decay", plan.weightDecay);
    reader.take("clip", plan.clip);
    reader.take("epochs_cap", plan.epochsCap);
    reader.take("epochs_default", plan.epochsDefault);
    reader.take("stage0_epochs", plan.stage0Epochs);
    reader.take("replay", plan.replay);
    reader.take("patience", plan.patience);
    reader.take("validation_rows", plan.validationRows);
    reader.take("evaluations", plan.evaluations);
    reader.take("min_evaluation_gap", plan.minEvaluationGap);
    reader.take("train_rows_cap", plan.trainRowsCap);
    reader.take("test_rows_cap", plan.testRowsCap);
    reader.take("max_new_tokens", plan.maxNewTokens);
    reader.take("evaluation_share", plan.evaluationShare);
    reader.take("average_checkpoints", plan.averageCheckpoints);
    reader.take("together", plan.together);
    reader.takeWord("stage2_tasks", plan.stage2Tasks, taskSetOf);
    reader.takeWord("stage3_tasks", plan.stage3Tasks, taskSetOf);
    reader.takeWord("weighting", plan.weighting, weightingOf);
    reader.take("ablation", plan.ablation);
    reader.take("reference", plan.reference);
}

Plan read(const json& object)
{
    if (!object.is_object())
        throw std::invalid_argument("a plan is an object");
    Plan plan;
    Reader reader(object, {});
    reader.take("name", plan.name);
    reader.take("base", plan.base);
    if (const json* tiny = reader.object("tiny"))
        readTiny(*tiny, plan.tiny);
    reader.takeWord("method", plan.method, methodOf);
    if (const json* lora = reader.object("lora"))
        readLora(*lora, plan.lora);
    reader.take("kept", plan.kept);
    reader.take("excluded", plan.excluded);
    reader.takeWord("high_resource_rule", plan.rule, highResourceRuleOf);
    reader.take("high_resource_parameter", plan.ruleParameter);
    reader.take("high_resource", plan.highResource);
    reader.takeWord("sampler", plan.sampler, samplerKindOf);
    reader.take("sampler_parameter", plan.samplerParameter);
    reader.take("sampler_second", plan.samplerSecond);
    reader.take("stages", plan.stages);
    reader.take("baselines", plan.baselines);
    reader.take("seeds", plan.seeds);
    readTraining(reader, plan);
    reader.take("data", plan.dataHashes);
    reader.take("masks", plan.masks);
    reader.take("created", plan.created);
    reader.refuseOthers();
    return plan;
}

Result<Plan> guarded(const std::function<Plan()>& body)
{
    try {
        return body();
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string("the plan isn't valid JSON: ") + e.what()};
    } catch (const std::invalid_argument& e) {
        return Error{ErrorCode::InvalidInput, std::string("the plan's ") + e.what()};
    }
}

}  // namespace

std::string planText(const Plan& plan)
{
    return jsonOf(plan).dump(2) + "\n";
}

Result<Plan> planFrom(const std::string& text)
{
    return guarded([&] { return read(json::parse(text)); });
}

std::string planHash(const Plan& plan)
{
    json body = jsonOf(plan);
    body.erase("name");
    body.erase("created");
    return sha256(body.dump());
}

Result<Plan> readPlan(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Error{ErrorCode::NotFound, "there is no plan " + file.string()};
    std::ostringstream text;
    text << in.rdbuf();
    return planFrom(text.str());
}

Result<void> writePlan(const Plan& plan, const std::filesystem::path& file)
{
    const std::filesystem::path beside = file.string() + "." + std::to_string(::getpid()) + ".part";
    std::ofstream out(beside, std::ios::binary);
    out << planText(plan);
    out.close();
    std::error_code failure;
    if (out)
        std::filesystem::rename(beside, file, failure);
    if (!out || failure) {
        std::filesystem::remove(beside, failure);
        return Error{ErrorCode::Io, file.string() + " can't be written"};
    }
    return {};
}

Result<void> setPlanValue(Plan& plan, const std::string& assignment)
{
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos)
        return Error{ErrorCode::InvalidInput, "“" + assignment + "”: expected key=value"};
    const std::string value = assignment.substr(equals + 1);
    json parsed = json::parse(value, nullptr, false);
    if (parsed.is_discarded())
        parsed = value;
    std::string path = "/" + assignment.substr(0, equals);
    for (char& c : path)
        c = c == '.' ? '/' : c;
    Result<Plan> changed = guarded([&] {
        json body = jsonOf(plan);
        body[json::json_pointer(path)] = parsed;
        return read(body);
    });
    if (!changed)
        return std::move(changed).error();
    changed->id = plan.id;
    plan = *std::move(changed);
    return {};
}

}  // namespace taskfold::jobs
