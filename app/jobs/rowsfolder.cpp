#include "app/jobs/rowsfolder.h"

#include "app/jobs/leakmasks.h"
#include "db/datasetrepository.h"

#include <algorithm>
#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace taskfold::jobs {

namespace {

// The folder itself is what is locked, so that there is no lock file.
int openFolder(const Project& project)
{
    return ::open(project.rows().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// Whether the name is one that an import gives.
bool isOurs(const std::filesystem::path& file)
{
    const std::string stem = file.stem().string();
    if (file.extension() == ".part")
        return true;
    return file.extension() == ".arrow" && stem.size() == 64 && stem.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<std::filesystem::path> filesIn(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> files;
    std::error_code failure;
    for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure))
        if (isOurs(at->path()))
            files.push_back(at->path());
    return files;
}

}  // namespace

RowsLock::RowsLock(const Project& project)
{
    std::error_code failure;
    std::filesystem::create_directories(project.rows(), failure);
    m_handle = openFolder(project);
    if (m_handle >= 0)
        ::flock(m_handle, LOCK_SH);
}

RowsLock::~RowsLock()
{
    if (m_handle >= 0)
        ::close(m_handle);
}

Result<void> sweepRows(const Project& project, SQLite::Database& database)
{
    if (filesIn(project.rows()).empty())
        return {};
    const int handle = openFolder(project);
    if (handle < 0)
        return {};
    if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
        ::close(handle);
        return {};
    }
    const db::DatasetRepository datasets(database);
    const auto rows = datasets.hashesInUse();
    const auto issues = datasets.issueHashesInUse();
    if (rows && issues) {
        std::set<std::string> used(rows->begin(), rows->end());
        used.insert(issues->begin(), issues->end());
        std::error_code failure;
        for (const std::filesystem::path& file : filesIn(project.rows()))
            if (!used.contains(file.stem().string()))
                std::filesystem::remove(file, failure);
    }
    Result<void> masked;
    if (const Result<bool> old = haveOldMasks(database); old && *old)  // an import was killed before it had made them
        masked = refreshMasksIn(project, database, {});
    ::close(handle);
    if (!masked)
        return masked;
    return rows ? (issues ? Result<void>{} : Result<void>(issues.error())) : Result<void>(rows.error());
}

}  // namespace taskfold::jobs
