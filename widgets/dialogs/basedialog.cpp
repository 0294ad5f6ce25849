#include "widgets/dialogs/basedialog.h"

#include "widgets/models/text.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/errorbanner.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QString memoryText(double mib)
{
    return bytesText(static_cast<std::int64_t>(mib * 1024 * 1024));
}

}  // namespace

BaseDialog::BaseDialog(QWidget* parent)
    : QDialog(parent)
    , m_banner(new ErrorBanner(this))
    , m_shownPath(new QLineEdit(this))
    , m_name(new QLineEdit(this))
    , m_note(new QLabel(this))
    , m_progress(new QProgressBar(this))
{
    setObjectName(u"baseDialog"_s);
    setWindowTitle(tr("Add base model"));
    setMinimumWidth(620);
    setAcceptDrops(true);
    m_name->setObjectName(u"baseName"_s);
    m_name->setAccessibleName(tr("Name"));
    m_note->setObjectName(u"baseNote"_s);
    m_note->setWordWrap(true);
    m_note->setProperty("muted", true);
    m_progress->setObjectName(u"baseProgress"_s);
    m_progress->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(18, 16, 18, 14);
    layout->setSpacing(12);
    layout->addWidget(m_banner);
    layout->addWidget(buildPlace());
    layout->addWidget(buildFacts());
    layout->addWidget(m_note);
    layout->addWidget(m_progress);
    layout->addStretch();
    layout->addWidget(buildButtons());
    connect(m_name, &QLineEdit::textChanged, this, &BaseDialog::updateButtons);
    clearFacts();
}

QWidget* BaseDialog::buildPlace()
{
    auto* place = new QWidget(this);
    m_shownPath->setObjectName(u"basePath"_s);
    m_shownPath->setAccessibleName(tr("Folder or file of the model"));
    m_shownPath->setPlaceholderText(tr("A folder with config.json, a GGUF file, or a llama2.c .bin file"));
    auto* layout = new QHBoxLayout(place);
    layout->setContentsMargins({});
    layout->addWidget(m_shownPath, 1);
    const auto add = [&](const QString& name, const QString& text) {
        auto* button = new QPushButton(text, place);
        button->setObjectName(name);
        button->setAccessibleName(text);
        button->setAutoDefault(false);
        layout->addWidget(button);
        m_choosers.push_back(button);
        return button;
    };
    connect(add(u"baseFolder"_s, tr("Folder…")), &QPushButton::clicked, this,
        [this] { ask::openFolder(this, tr("Folder of the model"), [this](const QString& name) { setPath(name); }); });
    connect(add(u"baseFile"_s, tr("File…")), &QPushButton::clicked, this, [this] {
        ask::openFiles(this, tr("File of the model"), tr("Models (*.gguf *.safetensors *.bin)"), [this](const QStringList& names) {
            if (!names.isEmpty())
                setPath(names.front());
        });
    });
    connect(m_shownPath, &QLineEdit::editingFinished, this, [this] {
        if (QDir::fromNativeSeparators(m_shownPath->text().trimmed()) != m_path)
            setPath(QDir::fromNativeSeparators(m_shownPath->text().trimmed()));
    });
    return place;
}

QLabel* BaseDialog::addFact(const QString& name, const QString& title)
{
    auto* label = new QLabel(this);
    label->setObjectName(name);
    label->setAccessibleName(title);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts[name] = label;
    return label;
}

QWidget* BaseDialog::buildFacts()
{
    auto* facts = new QWidget(this);
    auto* form = new QFormLayout(facts);
    form->setContentsMargins({});
    form->addRow(tr("Name"), m_name);
    const std::pair<QString, QString> rows[]{{u"baseFamily"_s, tr("Family")}, {u"baseParameters"_s, tr("Parameters")},
        {u"baseContext"_s, tr("Context")}, {u"baseVocabulary"_s, tr("Vocabulary")}, {u"baseStored"_s, tr("Weights")},
        {u"baseLicence"_s, tr("Licence")}, {u"baseFullMemory"_s, tr("Memory to train it whole, fp32")},
        {u"baseBf16Memory"_s, tr("Memory to train it whole, bf16")}, {u"baseLoraMemory"_s, tr("Memory to train it with LoRA")}};
    for (const auto& [name, title] : rows)
        form->addRow(title, addFact(name, title));
    return facts;
}

QWidget* BaseDialog::buildButtons()
{
    auto* bar = new QWidget(this);
    m_add = new QPushButton(tr("Add"), bar);
    m_add->setObjectName(u"baseAdd"_s);
    m_add->setAccessibleName(tr("Add the base model"));
    m_add->setProperty("main", true);
    m_add->setDefault(true);
    auto* cancel = new QPushButton(tr("Cancel"), bar);
    cancel->setObjectName(u"baseCancel"_s);
    cancel->setAccessibleName(tr("Cancel"));
    cancel->setAutoDefault(false);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    layout->addStretch();
    layout->addWidget(cancel);
    layout->addWidget(m_add);
    connect(cancel, &QPushButton::clicked, this, &BaseDialog::reject);
    connect(m_add, &QPushButton::clicked, this, [this] { emit addRequested(m_path, name()); });
    return bar;
}

QString BaseDialog::name() const
{
    return m_name->text().trimmed();
}

void BaseDialog::setPath(const QString& path)
{
    m_path = path;
    m_shownPath->setText(QDir::toNativeSeparators(path));
    m_banner->clear();
    clearFacts();
    if (path.isEmpty())
        return;
    m_note->setText(tr("Looking at it…"));
    emit previewWanted(path);
}

void BaseDialog::clearFacts()
{
    m_known = false;
    for (const auto& [name, label] : m_facts)
        label->setText(u"–"_s);
    m_note->setText(tr("Choose a model, or drop it here. Nothing is registered before you have seen what it is."));
    updateButtons();
}

void BaseDialog::showFacts(const QString& path, const BaseFacts& facts)
{
    if (path != m_path)
        return;
    m_known = true;
    m_name->setText(facts.name);
    m_facts.at(u"baseFamily"_s)->setText(facts.family);
    m_facts.at(u"baseParameters"_s)->setText(countText(facts.parameters));
    m_facts.at(u"baseContext"_s)->setText(tr("%1 tokens").arg(countText(facts.context)));
    m_facts.at(u"baseVocabulary"_s)->setText(tr("%1 tokens").arg(countText(facts.vocabulary)));
    m_facts.at(u"baseStored"_s)->setText(tr("%1 in %2").arg(facts.storedAs, bytesText(facts.bytes)));
    m_facts.at(u"baseLicence"_s)->setText(facts.licence.isEmpty() ? tr("The model doesn't say") : facts.licence);
    m_facts.at(u"baseFullMemory"_s)->setText(memoryText(facts.fullMib));
    m_facts.at(u"baseBf16Memory"_s)->setText(memoryText(facts.fullBf16Mib));
    m_facts.at(u"baseLoraMemory"_s)->setText(memoryText(facts.loraMib));
    const QString batch = tr("Memory is for 16 rows of 256 tokens at a time, LoRA of rank 16 in bf16.");
    m_note->setText(facts.copied ? tr("It is unpacked into the project; the file stays as it is.") + u' ' + batch
                                 : tr("The folder stays where it is, and the project refers to it.") + u' ' + batch);
    updateButtons();
}

void BaseDialog::showProblem(const QString& path, const Error& error)
{
    if (path != m_path)
        return;
    clearFacts();
    m_banner->showError(error);
}

void BaseDialog::showRunning()
{
    setRunning(true);
    m_progress->setRange(0, 0);
}

void BaseDialog::showProgress(qint64 done, qint64 total, const QString& phase)
{
    m_progress->setRange(0, total > 0 ? 1000 : 0);
    if (total > 0)
        m_progress->setValue(static_cast<int>(1000.0 * static_cast<double>(done) / static_cast<double>(total)));
    m_note->setText(phase);
}

void BaseDialog::showFailure(const Error& error)
{
    setRunning(false);
    m_banner->showError(error);
}

void BaseDialog::showStopped()
{
    setRunning(false);
    m_note->setText(tr("Stopped: nothing was added."));
}

void BaseDialog::setRunning(bool running)
{
    m_running = running;
    m_progress->setVisible(running);
    m_shownPath->setEnabled(!running);
    m_name->setEnabled(!running);
    for (QPushButton* button : m_choosers)
        button->setEnabled(!running);
    if (running)
        m_banner->clear();
    updateButtons();
}

void BaseDialog::updateButtons()
{
    if (m_add)
        m_add->setEnabled(m_known && !m_running && !name().isEmpty());
}

void BaseDialog::reject()
{
    if (m_running)
        emit cancelRequested();
    else
        QDialog::reject();
}

void BaseDialog::dragEnterEvent(QDragEnterEvent* event)
{
    if (!m_running && event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void BaseDialog::dropEvent(QDropEvent* event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (m_running || urls.isEmpty() || !urls.front().isLocalFile())
        return;
    event->acceptProposedAction();
    setPath(urls.front().toLocalFile());
}

}  // namespace taskfold
