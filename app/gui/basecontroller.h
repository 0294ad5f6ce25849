#pragma once

#include "app/gui/session.h"

#include <QPointer>

namespace taskfold {

class BaseDialog;

/// Opens the dialog for base models, answers its questions, and adds the model.
class BaseController : public QObject {
    Q_OBJECT

public:
    /// Borrows both.
    BaseController(const Session& session, QWidget* window, QObject* parent = nullptr);

    /// With a model in it, unless the path is empty.
    void open(const QString& path);

private:
    void preview(const QString& path);
    void add(const QString& path, const QString& name);

    Session m_session;
    QWidget* m_window;
    QPointer<BaseDialog> m_dialog;
    int m_preview = 0;
    int m_adding = 0;
};

}  // namespace taskfold
