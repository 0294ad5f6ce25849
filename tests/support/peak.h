#pragma once

#include <fstream>
#include <string>

/// How much memory this process holds and held, in MiB, as Linux counts it.
namespace taskfold::test {

inline double mibOf(const char* field)
{
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(field))
            return std::stod(line.substr(std::string(field).size())) / 1024;
    return 0;
}

/// What the most was above what is held now, while something is done. Below zero: the system can't begin anew.
template <typename Work>
double peakOf(const Work& work)
{
    std::ofstream("/proc/self/clear_refs") << "5";
    const double before = mibOf("VmHWM:");
    if (before > mibOf("VmRSS:") + 16)
        return -1;
    work();
    return mibOf("VmHWM:") - before;
}

}  // namespace taskfold::test
