#include "app/jobs/rowview.h"

#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/data/rowlist.h"
#include "engine/data/rowstore.h"

#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <mutex>

namespace taskfold::jobs {

namespace {


std::vector<std::string> wordsOf(const std::string& text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (c != ' ') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

data::RowListOrder orderOf(const RowsOrder& order)
{
    switch (order.by) {
    case RowsOrder::By::File: return data::RowListOrder::File;
    case RowsOrder::By::Input: return data::RowListOrder::Input;
    case RowsOrder::By::Target: return data::RowListOrder::Target;
    case RowsOrder::By::Length: return data::RowListOrder::Length;
    }
    return data::RowListOrder::File;
}

// The last answers, of any project: what a page is of is asked for again with the next page.
class Kept {
public:
    using List = std::shared_ptr<const data::RowList>;

    List find(const std::string& key)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(m_lists.begin(), m_lists.end(), [&](const auto& one) { return one.first == key; });
        if (found == m_lists.end())
            return nullptr;
        m_lists.splice(m_lists.begin(), m_lists, found);
        return found->second;
    }

    void keep(const std::string& key, List list)
    {
        constexpr std::size_t kMost = 4;
        const std::lock_guard lock(m_mutex);
        m_lists.emplace_front(key, std::move(list));
        if (m_lists.size() > kMost)
            m_lists.pop_back();
    }

private:
    std::mutex m_mutex;
    std::list<std::pair<std::string, List>> m_lists;
};

Kept& kept()
{
    static Kept lists;
    return lists;
}

// Null: all rows, as they lie in the file.
Result<Kept::List> listOf(const Project& project, const data::RowFile& rows, const std::string& hash, const RowsWanted& wanted,
    const std::optional<LineSet>& masks, const JobContext& context)
{
    if (wanted.words.empty() && !wanted.masked && wanted.order.by == RowsOrder::By::File)
        return Kept::List{};
    const std::string key = project.rows().string() + "\n" + hash + "\n" + std::to_string(static_cast<int>(wanted.order.by)) + "\n" + wanted.words;
    if (!wanted.masked)
        if (Kept::List found = kept().find(key))
            return found;
    data::RowListQuery query;
    query.words = wordsOf(wanted.words);
    query.order = orderOf(wanted.order);
    if (masks)
        query.lines = [&masks](std::int64_t line) { return masks->contains(line); };
    query.progress = [&](std::int64_t done, std::int64_t total) {
        if (context.report)
            context.report({done, total, {}, "searching rows"});
    };
    Result<data::RowList> made = data::RowList::make(rows, query, project.rows(), context.stop);
    if (!made)
        return std::move(made).error();
    auto list = std::make_shared<const data::RowList>(*std::move(made));
    if (!wanted.masked)
        kept().keep(key, list);
    return Kept::List(list);
}

// A page of a file's rows; `twinOf` says where the twin of a masked one lies.
Result<RowsGiven> page(const Project& project, const std::string& hash, const RowsWanted& wanted, const std::optional<LineSet>& masks,
    const std::function<Result<std::optional<std::string>>(std::int64_t line)>& twinOf, const JobContext& context)
{
    const Result<data::RowFile> rows = data::RowFile::open(project.rows(), hash);
    if (!rows)
        return rows.error();
    const Result<Kept::List> list = listOf(project, *rows, hash, wanted, masks, context);
    if (!list)
        return list.error();
    RowsGiven given;
    given.total = *list ? (*list)->size() : rows->size();
    const std::int64_t end = std::min(given.total, wanted.offset + wanted.limit);
    for (std::int64_t place = wanted.offset; place < end; ++place) {
        const std::int64_t at = wanted.order.down ? given.total - 1 - place : place;
        const Result<std::int64_t> index = *list ? (*list)->at(at) : Result<std::int64_t>(at);
        if (!index)
            return index.error();
        RowView view{rows->row(*index), std::nullopt, {}};
        Result<std::optional<std::string>> twin = twinOf(view.row.line);
        if (!twin)
            return std::move(twin).error();
        if (*twin) {
            view.masked = Reason::Leak;
            view.twin = **twin;
        }
        given.rows.push_back(std::move(view));
    }
    return given;
}

}  // namespace

Result<RowsGiven> viewRows(const Project& project, const RowsWanted& wanted, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Task> task = db::TaskRepository(**connection).byName(wanted.task);
    if (!task)
        return task.error();
    const db::DatasetRepository datasets(**connection);
    const auto versions = datasets.newest(task->id);
    if (!versions)
        return versions.error();
    const auto version = versions->find(wanted.split);
    if (version == versions->end())
        return RowsGiven{};
    std::optional<LineSet> masks;
    if (wanted.masked) {
        Result<LineSet> all = *wanted.masked == Reason::Leak ? datasets.maskedLines(version->second.id) : Result<LineSet>(LineSet{});
        if (!all)
            return std::move(all).error();
        masks = *std::move(all);
    }
    return page(project, version->second.hash, wanted, masks,
        [&](std::int64_t line) { return datasets.mask(version->second.id, line); }, context);
}

Result<RowsGiven> viewDocuments(const Project& project, CorpusId id, const RowsWanted& wanted, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Corpus> corpus = db::CorpusRepository(**connection).byId(id);
    if (!corpus && corpus.error().code != ErrorCode::NotFound)
        return corpus.error();
    if (!corpus || wanted.split == Split::Test)
        return RowsGiven{};
    return page(project, wanted.split == Split::Train ? corpus->hash : corpus->heldOutHash, wanted,
        wanted.masked ? std::optional<LineSet>(LineSet{}) : std::nullopt,
        [](std::int64_t) { return std::optional<std::string>(); }, context);
}

}  // namespace taskfold::jobs
