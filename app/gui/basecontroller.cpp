#include "app/gui/basecontroller.h"

#include "app/jobs/basepreview.h"
#include "app/jobs/bases.h"
#include "widgets/dialogs/basedialog.h"
#include "widgets/parts/text.h"

namespace taskfold {

namespace {

BaseFacts factsOf(const jobs::BasePreview& preview)
{
    const ModelPreview& model = preview.model;
    BaseFacts facts;
    facts.path = toQt(model.path.string());
    facts.copied = model.form != ModelForm::HuggingFace;
    facts.name = facts.copied ? toQt(model.path.stem().string()) : toQt(model.name);
    facts.family = toQt(familyName(model.config));
    facts.storedAs = toQt(model.storedAs);
    facts.licence = toQt(model.licence);
    facts.parameters = model.parameters;
    facts.bytes = model.bytes;
    facts.context = model.config.context;
    facts.vocabulary = model.config.vocabulary;
    facts.fullMib = preview.fullMib;
    facts.fullBf16Mib = preview.fullBf16Mib;
    facts.loraMib = preview.loraMib;
    return facts;
}

}  // namespace

BaseController::BaseController(const Session& session, QWidget* window, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_window(window)
{
}

void BaseController::open(const QString& path)
{
    if (!m_dialog) {
        m_dialog = new BaseDialog(m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_dialog, &BaseDialog::previewWanted, this, &BaseController::preview);
        connect(m_dialog, &BaseDialog::addRequested, this, &BaseController::add);
        connect(m_dialog, &BaseDialog::cancelRequested, this, [this] { m_session.background.cancel(m_adding); });
        m_dialog->open();
    }
    if (!path.isEmpty())
        m_dialog->setPath(path);
}

void BaseController::preview(const QString& path)
{
    m_session.background.cancel(m_preview);
    auto found = std::make_shared<BaseFacts>();
    auto failure = std::make_shared<std::optional<Error>>();
    m_preview = m_session.background.submit(m_dialog,
        {.job = {"Preview",
             [path = std::filesystem::path(toStd(path)), found, failure](const JobContext& context) -> Result<void> {
                 const Result<jobs::BasePreview> preview = jobs::previewBase(path, context);
                 if (preview)
                     *found = factsOf(*preview);
                 else
                     *failure = preview.error();
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, path, found, failure](const Outcome& end) {
                if (end.end == JobEnd::Cancelled)
                    return;
                if (end.end == JobEnd::Failed)
                    *failure = end.error;
                if (*failure)
                    m_dialog->showProblem(path, **failure);
                else
                    m_dialog->showFacts(path, *found);
            }});
}

void BaseController::add(const QString& path, const QString& name)
{
    m_dialog->showRunning();
    m_adding = m_session.background.submit(this,
        {.job = {toStd(tr("Adding %1").arg(name)),
             [project = m_session.project, path = std::filesystem::path(toStd(path)), name = toStd(name)](const JobContext& context) {
                 const Result<BaseModel> added = jobs::addBase(project, path, name, context);
                 return added ? Result<void>{} : Result<void>(added.error());
             }},
            .result = Mode::Plan,
            .onProgress =
                [this](const Progress& progress) {
                    if (m_dialog)
                        m_dialog->showProgress(progress.done, progress.total, toQt(progress.phase));
                },
            .onEnd =
                [this, name](const Outcome& end) {
                    if (end.end == JobEnd::Completed) {
                        emit m_session.news.basesChanged();
                        emit m_session.news.noticed(tr("The base model %1 is there: choose it on the Plan page.").arg(name), {});
                    }
                    if (!m_dialog)
                        return;
                    switch (end.end) {
                    case JobEnd::Completed: m_dialog->accept(); break;
                    case JobEnd::Failed: m_dialog->showFailure(end.error); break;
                    case JobEnd::Cancelled: m_dialog->showStopped(); break;
                    }
                }});
}

}  // namespace taskfold
