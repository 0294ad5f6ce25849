#pragma once

#include "engine/core/dataset.h"
#include "engine/core/error.h"
#include "widgets/models/volumemodel.h"

#include <QFrame>

class QComboBox;
class QHBoxLayout;
class QLabel;
class QStackedWidget;

namespace taskfold {

class DataTable;
class Overlap;
struct OverlapMatrix;
class Segments;
class VolumeBars;

/// Volume per task as bars or table, and how uneven it is.
class VolumePanel : public QFrame {
    Q_OBJECT

public:
    explicit VolumePanel(QWidget* parent = nullptr);

    void showTasks(const std::vector<TaskVolume>& tasks);
    void showOverlap(const OverlapMatrix& matrix);
    void selectTask(TaskId task);

    bool showsOverlap() const;

signals:
    void taskChosen(taskfold::TaskId task);
    /// Somebody looks at the overlap. Answer with showOverlap.
    void overlapWanted();
    void failed(const taskfold::Error& error);

private:
    QWidget* buildControls();
    QWidget* buildFigures();
    void refresh();
    void showFigures();
    int lineOf(TaskId task) const;
    Split split() const;

    std::vector<TaskVolume> m_tasks;
    std::vector<VolumeLine> m_lines;
    TaskId m_selected;
    QComboBox* m_split;
    QComboBox* m_order;
    Segments* m_unit;
    Segments* m_scale;
    Segments* m_look;
    QStackedWidget* m_stack;
    VolumeBars* m_bars;
    VolumeModel* m_model;
    DataTable* m_table;
    Overlap* m_overlap;
    QLabel* m_imbalance;
    QLabel* m_imbalanceNote;
    QLabel* m_kept;
    QLabel* m_keptNote;
};

}  // namespace taskfold
