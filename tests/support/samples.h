#pragma once

#include "engine/core/dataset.h"

#include <cmath>
#include <string>
#include <vector>

namespace taskfold::test {

/// A made-up task with so many rows, a few of them left out. Its number is its id.
inline TaskVolume sampleTask(int number, const std::string& name, std::int64_t rows)
{
    TaskVolume volume;
    volume.task.id = TaskId{number};
    volume.task.name = name;
    volume.task.kind = static_cast<TaskKind>(number % 4);
    volume.task.metric = MetricKind::Accuracy;
    volume.task.instruction = "Say what it is.";
    volume.unit = "bytes";
    volume.splits[Split::Train] = {rows + rows / 5, rows, rows * 40,
        {{Reason::Duplicate, rows / 10}, {Reason::Leak, rows / 20},
            {Reason::LabelUnknown, rows / 5 - rows / 10 - rows / 20}}};
    volume.splits[Split::Test] = {rows / 10, rows / 10, rows * 4, {}};
    volume.lengths = {4, 38, 80, 120, 400, {}, 10};
    for (int bar = 0; bar < 40; ++bar)
        volume.lengths.bars.push_back(
            std::llround(static_cast<double>(rows) / 8 * std::exp(-std::pow(bar - 4.0, 2) / 12)));
    if (choosesLabels(volume.task) || number % 4 < 2) {
        for (int label = 0; label < 12; ++label) {
            volume.task.labels.push_back("label " + std::to_string(label));
            volume.labels[volume.task.labels.back()] = rows / (label + 2);
        }
    }
    return volume;
}

inline std::vector<TaskVolume> sampleTasks()
{
    return {sampleTask(1, "airline_intent", 14327), sampleTask(2, "airline_slots", 5822),
        sampleTask(3, "banking77", 8980), sampleTask(4, "clinc150", 15100), sampleTask(5, "disfl_qa", 7181),
        sampleTask(6, "goemotions", 36308), sampleTask(7, "mnli", 5541), sampleTask(8, "pubmedqa", 449),
        sampleTask(9, "scitldr", 1992), sampleTask(10, "travel_faq_question", 9842),
        sampleTask(11, "wnut17", 3394)};
}

}  // namespace taskfold::test
