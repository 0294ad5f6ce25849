#include "widgets/models/rowsmodel.h"

#include "widgets/models/text.h"

#include <QCoreApplication>

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::RowsModel)
};

std::vector<RowModel<ShownRow>::Column> columns()
{
    using Model = RowModel<ShownRow>;
    std::vector<Model::Column> columns{
        Model::numberColumn(
            Words::tr("Line"), [](const ShownRow& shown) { return countText(shown.row.line); },
            [](const ShownRow& shown) { return qlonglong{shown.row.line}; }),
        {Words::tr("Input"), [](const ShownRow& shown) { return excerptText(toQt(shown.row.input), 300); }},
        {Words::tr("Target"), [](const ShownRow& shown) { return excerptText(toQt(shown.row.target), 200); }},
        {Words::tr("Note"),
            [](const ShownRow& shown) { return shown.masked ? titleOf(*shown.masked) : QString(); }},
    };
    columns[RowsModel::InputColumn].plain = [](const ShownRow& shown) { return toQt(shown.row.input); };
    columns[RowsModel::TargetColumn].plain = [](const ShownRow& shown) { return toQt(shown.row.target); };
    columns[RowsModel::NoteColumn].toolTip = [](const ShownRow& shown) { return toQt(shown.twin); };
    return columns;
}

}  // namespace

RowsModel::RowsModel(QObject* parent) : PagedModel(columns(), parent) { }

}  // namespace taskfold
