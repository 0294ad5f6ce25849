#pragma once

#include "engine/core/plan.h"

#include <QWidget>

#include <map>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;

namespace taskfold {

/// What a person chooses of a plan. Everything that isn't on the form stays as it was in the plan that was shown.
class PlanForm : public QWidget {
    Q_OBJECT

public:
    explicit PlanForm(QWidget* parent = nullptr);

    /// Emits nothing.
    void setPlan(const Plan& plan);
    Plan plan() const;
    void setBases(const QStringList& bases);

signals:
    void changed();
    void addBaseRequested();

private:
    void buildModel(QFormLayout* form);
    void buildStages(QFormLayout* form);
    void buildMixture(QFormLayout* form);
    void buildTraining(QFormLayout* form);
    QSpinBox* addNumber(QFormLayout* form, const QString& name, const QString& title, int least, int most, const QString& help = {});
    QDoubleSpinBox* addDecimal(QFormLayout* form, const QString& name, const QString& title, double most, int decimals, const QString& help = {});
    QComboBox* addChoice(QFormLayout* form, const QString& name, const QString& title);

    Plan m_plan;
    bool m_setting = false;
    QLineEdit* m_name = nullptr;
    QComboBox* m_base = nullptr;
    QCheckBox* m_baselines = nullptr;
    std::map<int, QCheckBox*> m_stages;
    QComboBox* m_rule = nullptr;
    QDoubleSpinBox* m_ruleParameter = nullptr;
    QComboBox* m_sampler = nullptr;
    QDoubleSpinBox* m_samplerParameter = nullptr;
    QLineEdit* m_seeds = nullptr;
    QComboBox* m_device = nullptr;
    QSpinBox* m_threads = nullptr;
    QComboBox* m_method = nullptr;
    QSpinBox* m_rank = nullptr;
    QDoubleSpinBox* m_alpha = nullptr;
    QComboBox* m_precision = nullptr;
    QSpinBox* m_batch = nullptr;
    QSpinBox* m_context = nullptr;
    std::map<std::string, QLineEdit*> m_rates;
    QDoubleSpinBox* m_epochs = nullptr;
    QSpinBox* m_patience = nullptr;
    QSpinBox* m_validation = nullptr;
    QSpinBox* m_trainCap = nullptr;
    QSpinBox* m_testCap = nullptr;
};

}  // namespace taskfold
