#include "widgets/models/logmodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>
#include <QDateTime>

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::LogModel)
};

QString timeOf(const LogLine& line)
{
    const QDateTime moment = QDateTime::fromString(toQt(line.time), Qt::ISODateWithMs);
    return moment.isValid() ? moment.toLocalTime().toString(QStringLiteral("HH:mm:ss")) : toQt(line.time);
}

}  // namespace

LogModel::LogModel(QObject* parent)
    : RowModel(
        {
            {Words::tr("Time"), [](const LogLine& line) { return timeOf(line); },
                [](const LogLine& line) { return toQt(line.time); }},
            {Words::tr("Level"), [](const LogLine& line) { return toQt(line.level); }},
            {Words::tr("Message"), [](const LogLine& line) { return toQt(line.text); }, {},
                Qt::AlignLeft | Qt::AlignVCenter, [](const LogLine& line) { return toQt(line.text); }},
        },
        parent)
{
}

}  // namespace taskfold
