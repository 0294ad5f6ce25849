// config.json as a hostile text: refused, or a config whose sizes can be computed with.
#include "engine/format/modelconfig.h"
#include "tests/fuzz/target.h"

namespace taskfold::fuzz {

std::vector<std::string> seeds()
{
    const std::string sizes = R"("hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128,
        "vocab_size": 300, "max_position_embeddings": 256, "rms_norm_eps": 1e-5, )";
    return {
        R"({"model_type": "llama", )" + sizes + R"("num_key_value_heads": 2, "eos_token_id": [1, 2], "bos_token_id": 0})",
        R"({"model_type": "mistral", )" + sizes + R"("head_dim": 16, "rope_theta": 1e6, "tie_word_embeddings": true})",
        R"({"model_type": "llama", )" + sizes + R"("attention_bias": true, "hidden_act": "silu", "eos_token_id": 2})",
    };
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    const auto config = parseModelConfig(std::string(reinterpret_cast<const char*>(data), size));
    if (!config)
        return 0;
    fuzz::require(config->hidden > 0 && config->layers > 0 && config->heads > 0 && config->keyValueHeads > 0);
    fuzz::require(config->heads % config->keyValueHeads == 0 && config->headSize % 2 == 0);
    return 0;
}
