#include "widgets/models/logmodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::LogModel)
};

}  // namespace

LogModel::LogModel(QObject* parent)
    : RowModel(
        {
            {Words::tr("Time"), [](const LogLine& line) { return momentText(line.time); },
                [](const LogLine& line) { return toQt(line.time); }},
            {Words::tr("Level"), [](const LogLine& line) { return toQt(line.level); }},
            {Words::tr("Message"), [](const LogLine& line) { return toQt(line.text); }, {},
                Qt::AlignLeft | Qt::AlignVCenter, [](const LogLine& line) { return toQt(line.text); }},
        },
        parent)
{
}

}  // namespace taskfold
