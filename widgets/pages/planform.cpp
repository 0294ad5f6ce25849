#include "widgets/pages/planform.h"

#include "widgets/models/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::array kRules{HighResourceRule::GeometricMean, HighResourceRule::Coverage, HighResourceRule::LargestGap,
    HighResourceRule::Absolute, HighResourceRule::EpochNeed};
constexpr std::array kSamplers{SamplerKind::EpochMatched, SamplerKind::InstanceBalanced, SamplerKind::TaskBalanced,
    SamplerKind::Power, SamplerKind::Temperature, SamplerKind::ProportionalCap, SamplerKind::ProgressivelyBalanced,
    SamplerKind::UniMax};

void heading(QFormLayout* form, const QString& text)
{
    auto* label = new QLabel(text);
    label->setProperty("heading", true);
    QFont bold = label->font();
    bold.setBold(true);
    label->setFont(bold);
    form->addRow(label);
}

}  // namespace

PlanForm::PlanForm(QWidget* parent) : QWidget(parent)
{
    auto* form = new QFormLayout(this);
    form->setContentsMargins(2, 2, 10, 2);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setVerticalSpacing(6);
    buildModel(form);
    buildStages(form);
    buildMixture(form);
    buildTraining(form);
}

QSpinBox* PlanForm::addNumber(
    QFormLayout* form, const QString& name, const QString& title, int least, int most, const QString& help)
{
    auto* box = new QSpinBox(this);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setToolTip(help);
    box->setRange(least, most);
    form->addRow(title, box);
    connect(box, &QSpinBox::valueChanged, this, &PlanForm::changed);
    return box;
}

QDoubleSpinBox* PlanForm::addDecimal(
    QFormLayout* form, const QString& name, const QString& title, double most, int decimals, const QString& help)
{
    auto* box = new QDoubleSpinBox(this);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setToolTip(help);
    box->setDecimals(decimals);
    box->setRange(0, most);
    form->addRow(title, box);
    connect(box, &QDoubleSpinBox::valueChanged, this, &PlanForm::changed);
    return box;
}

QComboBox* PlanForm::addChoice(QFormLayout* form, const QString& name, const QString& title)
{
    auto* box = new QComboBox(this);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(14);
    box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    form->addRow(title, box);
    connect(box, &QComboBox::currentIndexChanged, this, &PlanForm::changed);
    return box;
}

void PlanForm::buildModel(QFormLayout* form)
{
    m_name = new QLineEdit(this);
    m_name->setObjectName(u"planName"_s);
    m_name->setAccessibleName(tr("Name of the plan"));
    form->addRow(tr("Name"), m_name);
    connect(m_name, &QLineEdit::textEdited, this, &PlanForm::changed);
    m_base = addChoice(form, u"planBase"_s, tr("Base model"));
    auto* addBase = new QPushButton(tr("Add base model…"), this);
    addBase->setObjectName(u"planAddBase"_s);
    addBase->setAccessibleName(tr("Add base model…"));
    form->addRow(QString(), addBase);
    connect(addBase, &QPushButton::clicked, this, &PlanForm::addBaseRequested);
    m_device = addChoice(form, u"planDevice"_s, tr("Device"));
    m_device->setEditable(true);
    m_device->addItems({u"cpu"_s, u"cuda:0"_s});
    m_threads = addNumber(form, u"planThreads"_s, tr("Threads"), 0, 256, tr("0: all cores"));
    m_method = addChoice(form, u"planMethod"_s, tr("Method"));
    m_method->addItems({titleOf(Method::Full), titleOf(Method::Lora)});
    m_rank = addNumber(form, u"planRank"_s, tr("LoRA rank"), 1, 4096, tr("Columns of each adapter's two factors"));
    m_alpha = addDecimal(form, u"planAlpha"_s, tr("LoRA alpha"), 65536, 1, tr("The adapter counts alpha / rank times"));
    m_precision = addChoice(form, u"planPrecision"_s, tr("Precision"));
    m_precision->addItems({titleOf(Precision::Fp32), titleOf(Precision::Bf16)});
    const auto enable = [this] {
        const bool lora = m_method->currentIndex() == static_cast<int>(Method::Lora);
        m_rank->setEnabled(lora);
        m_alpha->setEnabled(lora);
    };
    connect(m_method, &QComboBox::currentIndexChanged, this, enable);
    enable();
}

void PlanForm::buildStages(QFormLayout* form)
{
    heading(form, tr("Stages"));
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    const auto add = [&](const QString& name, const QString& text, const QString& help) {
        auto* box = new QCheckBox(text, row);
        box->setObjectName(name);
        box->setAccessibleName(help);
        box->setToolTip(help);
        layout->addWidget(box);
        connect(box, &QCheckBox::toggled, this, &PlanForm::changed);
        return box;
    };
    m_baselines = add(u"planBaselines"_s, tr("Baselines"), tr("Single-task models"));
    m_stages[0] = add(u"planStage0"_s, tr("0"), tr("Stage 0: domain text"));
    m_stages[2] = add(u"planStage2"_s, tr("2"), tr("Stage 2: high-resource tasks"));
    m_stages[3] = add(u"planStage3"_s, tr("3"), tr("Stage 3: all kept tasks"));
    layout->addStretch();
    form->addRow(tr("Train"), row);
    m_seeds = new QLineEdit(this);
    m_seeds->setObjectName(u"planSeeds"_s);
    m_seeds->setAccessibleName(tr("Seeds"));
    m_seeds->setToolTip(tr("Numbers with commas between; three for figures that you show to others"));
    form->addRow(tr("Seeds"), m_seeds);
    connect(m_seeds, &QLineEdit::textEdited, this, &PlanForm::changed);
}

void PlanForm::buildMixture(QFormLayout* form)
{
    heading(form, tr("Mixture"));
    m_rule = addChoice(form, u"planRule"_s, tr("High-resource rule"));
    for (const HighResourceRule rule : kRules)
        m_rule->addItem(titleOf(rule));
    m_ruleParameter = addDecimal(form, u"planRuleParameter"_s, tr("Its number"), 1e9, 3, tr("0: the rule's own default"));
    m_sampler = addChoice(form, u"planSampler"_s, tr("Sampler"));
    for (const SamplerKind sampler : kSamplers)
        m_sampler->addItem(titleOf(sampler));
    m_samplerParameter = addDecimal(form, u"planSamplerParameter"_s, tr("Its number"), 1e9, 3, tr("0: the sampler's own default"));
    m_epochs = addDecimal(form, u"planEpochs"_s, tr("Most epochs"), 1000, 1, tr("Of any task"));
}

void PlanForm::buildTraining(QFormLayout* form)
{
    heading(form, tr("Training"));
    m_batch = addNumber(form, u"planBatch"_s, tr("Batch"), 1, 4096, tr("Examples a step"));
    m_context = addNumber(form, u"planContext"_s, tr("Context"), 8, 131072, tr("Tokens of the longest row"));
    const std::vector<std::pair<std::string, QString>> rates{{"baseline", tr("Rate, baselines")}, {"stage0", tr("Rate, stage 0")},
        {"stage2", tr("Rate, stage 2")}, {"stage3", tr("Rate, stage 3")}};
    for (const auto& [key, title] : rates) {
        auto* edit = new QLineEdit(this);
        edit->setObjectName(u"planRate_"_s + toQt(key));
        edit->setAccessibleName(title);
        m_rates[key] = edit;
        form->addRow(title, edit);
        connect(edit, &QLineEdit::textEdited, this, &PlanForm::changed);
    }
    m_patience = addNumber(form, u"planPatience"_s, tr("Patience"), 1, 100, tr("Evaluations without gain before a task is cooled"));
    m_validation = addNumber(form, u"planValidation"_s, tr("Validation rows"), 1, 1000000, tr("Of each task and evaluation"));
    m_trainCap = addNumber(form, u"planTrainCap"_s, tr("Training rows, at most"), 0, 100000000, tr("Of each task; 0: all"));
    m_testCap = addNumber(form, u"planTestCap"_s, tr("Test rows, at most"), 0, 100000000, tr("Of each task; 0: all"));
}

void PlanForm::setBases(const QStringList& bases)
{
    const QSignalBlocker quiet(m_base);
    const QString chosen = toQt(m_plan.base);
    m_base->clear();
    m_base->addItems(bases);
    m_base->setCurrentIndex(std::max(0, static_cast<int>(bases.indexOf(chosen))));
}

void PlanForm::setPlan(const Plan& plan)
{
    const QSignalBlocker quiet(this);
    m_plan = plan;
    m_name->setText(toQt(plan.name));
    if (m_base->findText(toQt(plan.base)) < 0)
        m_base->addItem(toQt(plan.base));
    m_base->setCurrentText(toQt(plan.base));
    m_device->setCurrentText(toQt(plan.device));
    m_threads->setValue(plan.threads);
    m_method->setCurrentIndex(static_cast<int>(plan.method));
    m_rank->setValue(plan.lora.rank);
    m_alpha->setValue(plan.lora.alpha);
    m_precision->setCurrentIndex(static_cast<int>(plan.precision));
    m_baselines->setChecked(plan.baselines);
    for (const auto& [stage, box] : m_stages)
        box->setChecked(std::find(plan.stages.begin(), plan.stages.end(), stage) != plan.stages.end());
    QStringList seeds;
    for (const std::uint64_t seed : plan.seeds)
        seeds.append(QString::number(seed));
    m_seeds->setText(seeds.join(u", "_s));
    m_rule->setCurrentIndex(static_cast<int>(std::find(kRules.begin(), kRules.end(), plan.rule) - kRules.begin()));
    m_ruleParameter->setValue(plan.ruleParameter);
    m_sampler->setCurrentIndex(static_cast<int>(std::find(kSamplers.begin(), kSamplers.end(), plan.sampler) - kSamplers.begin()));
    m_samplerParameter->setValue(plan.samplerParameter);
    m_epochs->setValue(plan.epochsCap);
    m_batch->setValue(plan.batch);
    m_context->setValue(plan.context);
    for (const auto& [key, edit] : m_rates) {
        const auto rate = plan.learningRate.find(key);
        edit->setText(rate == plan.learningRate.end() ? QString() : QString::number(rate->second));
    }
    m_patience->setValue(plan.patience);
    m_validation->setValue(plan.validationRows);
    m_trainCap->setValue(static_cast<int>(plan.trainRowsCap));
    m_testCap->setValue(static_cast<int>(plan.testRowsCap));
}

Plan PlanForm::plan() const
{
    Plan plan = m_plan;
    plan.name = toStd(m_name->text().trimmed());
    plan.base = toStd(m_base->currentText());
    plan.device = toStd(m_device->currentText().trimmed());
    plan.threads = m_threads->value();
    plan.method = static_cast<Method>(std::max(0, m_method->currentIndex()));
    plan.lora.rank = m_rank->value();
    plan.lora.alpha = m_alpha->value();
    plan.precision = static_cast<Precision>(std::max(0, m_precision->currentIndex()));
    plan.baselines = m_baselines->isChecked();
    plan.stages.clear();
    for (const auto& [stage, box] : m_stages)
        if (box->isChecked())
            plan.stages.push_back(stage);
    plan.seeds.clear();
    for (const QString& part : m_seeds->text().split(u',', Qt::SkipEmptyParts)) {
        bool fine = false;
        const qulonglong seed = part.trimmed().toULongLong(&fine);
        if (fine)
            plan.seeds.push_back(seed);
    }
    plan.rule = kRules[static_cast<std::size_t>(std::max(0, m_rule->currentIndex()))];
    plan.ruleParameter = m_ruleParameter->value();
    plan.sampler = kSamplers[static_cast<std::size_t>(std::max(0, m_sampler->currentIndex()))];
    plan.samplerParameter = m_samplerParameter->value();
    plan.epochsCap = m_epochs->value();
    plan.batch = m_batch->value();
    plan.context = m_context->value();
    for (const auto& [key, edit] : m_rates)
        plan.learningRate[key] = edit->text().trimmed().toDouble();  // 0 for what isn't a number: the pre-flight says so
    plan.patience = m_patience->value();
    plan.validationRows = m_validation->value();
    plan.trainRowsCap = m_trainCap->value();
    plan.testRowsCap = m_testCap->value();
    return plan;
}

}  // namespace taskfold
