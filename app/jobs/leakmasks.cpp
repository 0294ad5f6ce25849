#include "app/jobs/leakmasks.h"

#include "app/jobs/importdata.h"
#include "app/jobs/maskfinder.h"
#include "db/settingrepository.h"

namespace taskfold::jobs {

namespace {

Result<MaskRules> rulesIn(SQLite::Database& database)
{
    const db::SettingRepository settings(database);
    const auto leaks = settings.get("near_leaks");
    const auto duplicates = settings.get("near_duplicates");
    if (!leaks || !duplicates)
        return leaks ? duplicates.error() : leaks.error();
    return MaskRules{*leaks == "on", *duplicates == "on"};
}

}  // namespace

Result<MaskRules> maskRules(const Project& project)
{
    Result<db::Connection> connection = openExisting(project);
    return connection ? rulesIn(**connection) : Result<MaskRules>(std::move(connection).error());
}

Result<void> noteOldMasks(SQLite::Database& database)
{
    return db::SettingRepository(database).set("masks_old", "yes");
}

Result<bool> haveOldMasks(SQLite::Database& database)
{
    const auto note = db::SettingRepository(database).get("masks_old");
    return note ? Result<bool>(*note == "yes") : Result<bool>(note.error());
}

Result<void> setMaskRules(const Project& project, const MaskRules& rules, const JobContext& context)
{
    {
        Result<db::Connection> connection = openExisting(project);
        if (!connection)
            return std::move(connection).error();
        db::SettingRepository settings(**connection);
        if (Result<void> set = settings.set("near_leaks", rules.nearLeaks ? "on" : "off"); !set)
            return set;
        if (Result<void> set = settings.set("near_duplicates", rules.nearDuplicates ? "on" : "off"); !set)
            return set;
    }
    return refreshMasks(project, context);
}

Result<void> refreshMasks(const Project& project, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    return connection ? refreshMasksIn(project, **connection, context) : Result<void>(std::move(connection).error());
}

Result<void> refreshMasksIn(const Project& project, SQLite::Database& database, const JobContext& context)
{
    const Result<MaskRules> rules = rulesIn(database);
    if (!rules)
        return rules.error();
    const Result<std::vector<SplitRows>> splits = openSplits(project, database);
    if (!splits)
        return splits.error();
    MaskFinder finder(*splits, *rules, project.rows(), context);
    if (Result<void> found = finder.find(); !found)
        return found;
    db::DatasetRepository datasets(database);
    for (std::size_t i = 0; i < splits->size(); ++i)
        if ((*splits)[i].split == Split::Train)
            if (Result<void> set = datasets.setMasks((*splits)[i].version, [&] { return finder.next(i); }); !set)
                return set;
    return db::SettingRepository(database).set("masks_old", "no");
}

}  // namespace taskfold::jobs
