#include "app/jobs/processmark.h"

#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

// The 22nd field of /proc/PID/stat (proc(5)), counted after the name, which may hold spaces. 0: no such process.
std::int64_t startOf(std::int64_t pid)
{
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(stat, line);
    const std::size_t name = line.rfind(')');
    if (name == std::string::npos)
        return 0;
    std::istringstream rest(line.substr(name + 1));
    std::string field;
    for (int i = 3; i <= 22; ++i) {
        rest >> field;
        if (i == 3 && field == "Z")
            return 0;  // ended, and nobody has asked how
    }
    return rest ? std::stoll(field) : 0;
}

}  // namespace

ProcessMark thisProcess()
{
    const std::int64_t pid = ::getpid();
    return {pid, startOf(pid)};
}

bool isAlive(ProcessMark mark)
{
    return mark.pid > 0 && mark.started > 0 && startOf(mark.pid) == mark.started;
}

}  // namespace taskfold::jobs
