#include "widgets/parts/ask.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

#include <deque>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace taskfold::ask {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::ask)
};

struct Answers {
    std::deque<int> buttons;
    std::deque<QStringList> names;
    QStringList asked;
};

Answers& answers()
{
    static Answers answers;
    return answers;
}

template <typename Value>
std::optional<Value> taken(std::deque<Value>& from, const QString& question)
{
    answers().asked.append(question);
    if (from.empty())
        return std::nullopt;
    Value value = std::move(from.front());
    from.pop_front();
    return value;
}

QFileDialog* fileDialog(QWidget* parent, const QString& title, QFileDialog::FileMode mode)
{
    auto* dialog = new QFileDialog(parent, title);
    dialog->setObjectName(u"fileDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    return dialog;
}

/// Opens it and hands over what was chosen, unless that is nothing.
void open(QFileDialog* dialog, const std::function<void(QStringList)>& then)
{
    QObject::connect(dialog, &QFileDialog::filesSelected, dialog, [then](const QStringList& names) {
        if (!names.isEmpty() && !names.front().isEmpty())
            then(names);
    });
    dialog->open();
}

QMessageBox* boxFor(QWidget* parent, const Question& question)
{
    auto* box = new QMessageBox(parent);
    box->setObjectName(u"question"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(question.title);
    box->setText(u"<b>%1</b>"_s.arg(question.text.toHtmlEscaped()));
    box->setTextFormat(Qt::RichText);
    box->setInformativeText(question.detail);
    return box;
}

}  // namespace

void choose(QWidget* parent, const Question& question, std::function<void(int)> then)
{
    if (const std::optional<int> answer = taken(answers().buttons, question.text))
        return then(*answer);
    QMessageBox* box = boxFor(parent, question);
    const int escape = question.escape < 0 ? static_cast<int>(question.buttons.size()) - 1 : question.escape;
    for (int i = 0; i < question.buttons.size(); ++i) {
        const auto role = i == question.dangerous ? QMessageBox::DestructiveRole
            : i == escape                         ? QMessageBox::RejectRole
                                                  : QMessageBox::AcceptRole;
        QPushButton* button = box->addButton(question.buttons[i], role);
        button->setObjectName(u"answer%1"_s.arg(i));
        button->setAccessibleName(question.buttons[i]);
        if (i == 0)
            box->setDefaultButton(button);
        if (i == escape)
            box->setEscapeButton(button);
        QObject::connect(button, &QPushButton::clicked, box, [then, i] { then(i); });
    }
    box->open();
}

void confirm(QWidget* parent, const QString& title, const QString& text, const QString& verb,
    std::function<void()> then)
{
    choose(parent, {.title = title, .text = text, .buttons = {verb, Words::tr("Cancel")}},
        [then = std::move(then)](int button) {
            if (button == 0)
                then();
        });
}

void tell(QWidget* parent, const QString& title, const QString& text)
{
    choose(parent, {.title = title, .text = text, .buttons = {Words::tr("Close")}}, [](int) {});
}

void openFiles(
    QWidget* parent, const QString& title, const QString& filter, std::function<void(QStringList)> then)
{
    if (const auto names = taken(answers().names, title))
        return names->isEmpty() ? void() : then(*names);
    QFileDialog* dialog = fileDialog(parent, title, QFileDialog::ExistingFiles);
    dialog->setNameFilter(filter);
    open(dialog, then);
}

void openFolder(QWidget* parent, const QString& title, std::function<void(QString)> then)
{
    if (const auto names = taken(answers().names, title))
        return names->isEmpty() ? void() : then(names->front());
    QFileDialog* dialog = fileDialog(parent, title, QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    open(dialog, [then = std::move(then)](const QStringList& names) { then(names.front()); });
}

void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
    std::function<void(QString)> then)
{
    if (const auto names = taken(answers().names, title))
        return names->isEmpty() ? void() : then(names->front());
    QFileDialog* dialog = fileDialog(parent, title, QFileDialog::AnyFile);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(filter);
    dialog->setDefaultSuffix(proposal.section(u'.', -1));
    dialog->selectFile(proposal);
    open(dialog, [then = std::move(then)](const QStringList& names) { then(names.front()); });
}

void line(QWidget* parent, const QString& title, const QString& label, const QString& proposal,
    std::function<void(QString)> then)
{
    if (const auto names = taken(answers().names, title))
        return names->isEmpty() ? void() : then(names->front());
    auto* dialog = new QInputDialog(parent);
    dialog->setObjectName(u"lineDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(label);
    dialog->setTextValue(proposal);
    QObject::connect(dialog, &QInputDialog::textValueSelected, dialog, then);
    dialog->open();
}

void answerNext(int button)
{
    answers().buttons.push_back(button);
}

void nameNext(const QStringList& names)
{
    answers().names.push_back(names);
}

QStringList takeAsked()
{
    return std::exchange(answers().asked, {});
}

}  // namespace taskfold::ask
