#pragma once

#include "app/gui/session.h"
#include "engine/core/plan.h"

namespace taskfold {

class PlanPage;

/// Joins the Plan page with the project.
class PlanController : public QObject {
    Q_OBJECT

public:
    /// Becomes the page's child: both end together.
    PlanController(PlanPage& page, const Session& session);

signals:
    void importWanted();
    void runWanted(const taskfold::Plan& plan);

private:
    void draft();
    void refreeze();
    void preview();
    void followBase();
    void show(const Plan& plan);
    void open();
    void save();
    void showBases();

    PlanPage& m_page;
    Session m_session;
    std::string m_base;  // of the plan shown last
    Method m_method = Method::Full;
    int m_drafting = 0;  // jobs' numbers
    int m_previewing = 0;
};

}  // namespace taskfold
