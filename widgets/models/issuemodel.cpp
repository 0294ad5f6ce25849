#include "widgets/models/issuemodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::IssueModel)
};

QString fileName(const RowIssue& issue)
{
    return toQt(issue.file).section(u'/', -1);
}

std::vector<RowModel<RowIssue>::Column> columns()
{
    using Model = RowModel<RowIssue>;
    std::vector<Model::Column> columns{
        {Words::tr("File"), fileName},
        Model::numberColumn(
            Words::tr("Line"), [](const RowIssue& issue) { return countText(issue.line); },
            [](const RowIssue& issue) { return qlonglong{issue.line}; }),
        {Words::tr("Field"), [](const RowIssue& issue) { return toQt(issue.field); }},
        {Words::tr("Reason"), [](const RowIssue& issue) { return titleOf(issue.reason); }},
        {Words::tr("Action"), [](const RowIssue& issue) { return titleOf(issue.action); }},
        {Words::tr("Row"), [](const RowIssue& issue) { return excerptText(toQt(issue.excerpt)); }},
        {Words::tr("Detail"), [](const RowIssue& issue) { return toQt(issue.detail); }},
    };
    columns[0].toolTip = [](const RowIssue& issue) { return toQt(issue.file); };
    columns[0].plain = columns[0].toolTip;
    columns[5].toolTip = [](const RowIssue& issue) { return toQt(issue.excerpt); };
    columns[5].plain = columns[5].toolTip;
    columns[6].toolTip = [](const RowIssue& issue) { return toQt(issue.detail); };
    return columns;
}

}  // namespace

IssueModel::IssueModel(QObject* parent) : RowModel(columns(), parent) { }

}  // namespace taskfold
