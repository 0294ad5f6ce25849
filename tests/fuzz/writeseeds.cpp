// Beside libFuzzer's own main: `fuzz_NAME --write-seeds=FOLDER` writes the seeds as files and ends.
#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments)
{
    constexpr std::string_view kOption = "--write-seeds=";
    for (int i = 1; i < *count; ++i) {
        const std::string_view argument((*arguments)[i]);
        if (!argument.starts_with(kOption))
            continue;
        const std::filesystem::path folder(argument.substr(kOption.size()));
        std::filesystem::create_directories(folder);
        int number = 0;
        for (const std::string& seed : taskfold::fuzz::seeds())
            std::ofstream(folder / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
        std::printf("%d seeds\n", number);
        std::exit(number > 0 ? 0 : 1);
    }
    return 0;
}
