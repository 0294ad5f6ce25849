#pragma once

#include "engine/core/affinity.h"
#include "engine/core/comparison.h"
#include "engine/core/issue.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "engine/core/task.h"

#include <QString>

#include <cstdint>
#include <string>
#include <string_view>

/// How values read on the screen: numbers by the user's locale, words in his language.
namespace taskfold {

QString toQt(std::string_view utf8);
std::string toStd(const QString& text);

/// 12,000
QString countText(std::int64_t number);
/// "1 row" or "12 rows": the number, and the words for one and for many with %1 in them
QString countedText(std::int64_t number, const QString& one, const QString& many);
/// 12.3k, 4.5M: where there is little room
QString shortCountText(double number);
/// 3.14; a dash for what isn't a number
QString numberText(double number, int decimals = 2);
/// As few digits as say it: 0.0005, 1e-06, 12.5
QString briefText(double number, int digits = 4);
/// 0.75 becomes "75.0 %"
QString percentText(double fraction, int decimals = 1);
/// A score or margin on the screen, in points of 100: 0.834 becomes "83.4"
QString pointsText(double fraction, int decimals = 1);
/// A difference in points, with its sign: "+1.2", "−0.4", "0.0"
QString signedPointsText(double fraction, int decimals = 1);
/// 81:1
QString ratioText(double ratio);
/// 1.2 MiB
QString bytesText(std::int64_t bytes);
/// 12 s, 3 min 20 s, 1 h 05 min
QString durationText(double seconds);
/// An ISO 8601 moment in UTC, by the user's clock: 2026-11-24 09:15
QString momentText(const std::string& utc);
/// The first line of a text, cut at a number of characters, for a cell
QString excerptText(const QString& text, int characters = 160);

QString titleOf(TaskKind kind);
/// For narrow columns
QString shortTitleOf(TaskKind kind);
QString titleOf(MetricKind metric);
QString titleOf(Split split);
QString titleOf(Reason reason);
QString titleOf(IssueAction action);
QString titleOf(RunKind kind);
QString titleOf(RunStatus status);
QString titleOf(Verdict verdict);
QString titleOf(Verb verb);
QString titleOf(Signal signal);
QString titleOf(SamplerKind sampler);
QString titleOf(HighResourceRule rule);
QString titleOf(Method method);
QString titleOf(Precision precision);
QString titleOf(LossMean mean);

}  // namespace taskfold
