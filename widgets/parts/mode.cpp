#include "widgets/parts/mode.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::Mode)
};

}  // namespace

QString wordOf(Mode mode)
{
    switch (mode) {
    case Mode::Welcome: return u"welcome"_s;
    case Mode::Data: return u"data"_s;
    case Mode::Filter: return u"filter"_s;
    case Mode::Plan: return u"plan"_s;
    case Mode::Runs: return u"runs"_s;
    case Mode::Compare: return u"compare"_s;
    case Mode::Report: return u"report"_s;
    }
    return {};
}

QString titleOf(Mode mode)
{
    switch (mode) {
    case Mode::Welcome: return Words::tr("Welcome");
    case Mode::Data: return Words::tr("Data");
    case Mode::Filter: return Words::tr("Filter");
    case Mode::Plan: return Words::tr("Plan");
    case Mode::Runs: return Words::tr("Runs");
    case Mode::Compare: return Words::tr("Compare");
    case Mode::Report: return Words::tr("Report");
    }
    return {};
}

std::optional<Mode> modeOf(const QString& word)
{
    for (const Mode mode : kModes)
        if (wordOf(mode) == word.toLower())
            return mode;
    return std::nullopt;
}

}  // namespace taskfold
