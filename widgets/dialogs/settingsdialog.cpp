#include "widgets/dialogs/settingsdialog.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace taskfold {

SettingsDialog::SettingsDialog(theme::Scheme scheme, QWidget* parent) : QDialog(parent)
{
    setObjectName(u"settingsDialog"_s);
    setWindowTitle(tr("Settings"));
    setMinimumWidth(420);
    auto* box = new QComboBox(this);
    box->setObjectName(u"settingsScheme"_s);
    box->setAccessibleName(tr("Appearance"));
    box->addItems({tr("As the system"), tr("Light"), tr("Dark")});
    box->setCurrentIndex(static_cast<int>(scheme));
    auto* note = new QLabel(
        tr("Device, threads and precision belong to a plan: they are chosen on its page."), this);
    note->setProperty("muted", true);
    note->setWordWrap(true);
    auto* close = new QPushButton(tr("Close"), this);
    close->setObjectName(u"settingsClose"_s);
    close->setAccessibleName(tr("Close"));
    auto* layout = new QFormLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setVerticalSpacing(14);
    layout->addRow(tr("Appearance"), box);
    layout->addRow(note);
    layout->addRow(close);
    connect(box, &QComboBox::activated, this,
        [this](int index) { emit schemeChosen(static_cast<theme::Scheme>(index)); });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

}  // namespace taskfold
