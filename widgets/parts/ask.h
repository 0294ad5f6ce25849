#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <vector>

class QWidget;

/// The one place that opens message boxes and asks for file names. Nothing waits: the answer comes to a
/// function, and not at all when the parent is gone by then. Tests answer in the user's place.
namespace taskfold::ask {

struct Question {
    QString title;
    QString text;
    QString detail{};  // a sentence more, in smaller letters
    QStringList buttons{};  // what can be answered, the main one first
    int dangerous = -1;  // the button that loses something
    int escape = -1;  // what Escape answers; -1: the last one
};

/// The answer is the button's index.
void choose(QWidget* parent, const Question& question, std::function<void(int)> then);
/// Only a yes gets an answer.
void confirm(QWidget* parent, const QString& title, const QString& text, const QString& verb,
    std::function<void()> then);
void tell(QWidget* parent, const QString& title, const QString& text);

/// File names, when one was chosen. `filter` as QFileDialog's: "CSV files (*.csv)".
void openFiles(
    QWidget* parent, const QString& title, const QString& filter, std::function<void(QStringList)> then);
void openFolder(QWidget* parent, const QString& title, std::function<void(QString)> then);
void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
    std::function<void(QString)> then);
/// One line of text, empty ones too.
void line(QWidget* parent, const QString& title, const QString& label, const QString& proposal,
    std::function<void(QString)> then);

/// For tests: answers the coming questions, oldest first, without a box: a button's index, or names.
void answerNext(int button);
void nameNext(const QStringList& names);
/// For tests: what was asked (the texts and titles) since the last call.
QStringList takeAsked();

}  // namespace taskfold::ask
