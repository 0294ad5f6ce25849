#include "widgets/pages/welcomepage.h"

#include "widgets/parts/actioncard.h"
#include "widgets/parts/theme.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kWidth = 740;
constexpr int kLine = 50;

/// Name above, folder below.
class TwoLines : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, kLine}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const QRect rect = option.rect.adjusted(2, 2, -2, -2);
        const bool lit = option.state & (QStyle::State_MouseOver | QStyle::State_Selected);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(lit ? theme::tone(theme::Tone::AccentSoft) : QColor(Qt::transparent));
        painter->drawRoundedRect(rect, 6, 6);
        theme::icon(u"folder"_s, theme::Tone::Muted)
            .paint(painter, QRect(rect.left() + 14, rect.center().y() - 10, 20, 20));
        const QRect words = rect.adjusted(48, 5, -10, -5);
        const QStringList lines = index.data().toString().split(u'\n');
        QFont bold = option.font;
        bold.setWeight(QFont::DemiBold);
        painter->setFont(bold);
        painter->setPen(theme::tone(theme::Tone::Text));
        painter->drawText(words, Qt::AlignLeft | Qt::AlignTop, lines.value(0));
        painter->setFont(option.font);
        painter->setPen(theme::tone(theme::Tone::Muted));
        painter->drawText(words, Qt::AlignLeft | Qt::AlignBottom,
            option.fontMetrics.elidedText(lines.value(1), Qt::ElideMiddle, words.width()));
    }
};

}  // namespace

WelcomePage::WelcomePage(QWidget* parent)
    : QWidget(parent)
    , m_logo(new QLabel(this))
    , m_recentHeading(new QLabel(tr("Recent projects"), this))
    , m_recent(new QListWidget(this))
{
    setObjectName(u"welcomePage"_s);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(24);
    layout->addStretch(2);
    layout->addWidget(buildHead(), 0, Qt::AlignHCenter);
    layout->addWidget(buildCards(), 0, Qt::AlignHCenter);
    layout->addWidget(buildRecent(), 5, Qt::AlignHCenter);
    auto* hint = new QLabel(tr("Files and folders can be dropped anywhere to import them. "
                               "<a href=\"welcome\">Read the manual</a>"),
        this);
    hint->setObjectName(u"welcomeHint"_s);
    hint->setProperty("muted", true);
    hint->setAlignment(Qt::AlignCenter);
    hint->setTextInteractionFlags(Qt::LinksAccessibleByKeyboard | Qt::LinksAccessibleByMouse);
    layout->addWidget(hint);
    layout->addStretch(1);
    connect(hint, &QLabel::linkActivated, this, &WelcomePage::manualRequested);
    setRecent({});
}

QWidget* WelcomePage::buildHead()
{
    auto* head = new QWidget(this);
    head->setFixedWidth(kWidth);
    m_logo->setPixmap(theme::icon(u"taskfold"_s).pixmap(QSize(60, 60), devicePixelRatio()));
    m_logo->setAccessibleName(tr("Taskfold"));
    auto* name = new QLabel(tr("Taskfold"), head);
    name->setProperty("title", true);
    auto* line = new QLabel(
        tr("Fold single-task language models into one, and prove task by task what was won and lost."), head);
    line->setProperty("muted", true);
    auto* layout = new QGridLayout(head);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(16);
    layout->setVerticalSpacing(2);
    layout->addWidget(m_logo, 0, 0, 2, 1);
    layout->addWidget(name, 0, 1, Qt::AlignBottom);
    layout->addWidget(line, 1, 1, Qt::AlignTop);
    layout->setColumnStretch(1, 1);
    return head;
}

QWidget* WelcomePage::buildCards()
{
    auto* cards = new QWidget(this);
    cards->setFixedWidth(kWidth);
    auto* layout = new QHBoxLayout(cards);
    layout->setContentsMargins({});
    layout->setSpacing(22);
    const auto add = [&](const ActionCard::Words& words, void (WelcomePage::*wish)()) {
        auto* card = new ActionCard(words, cards);
        layout->addWidget(card, 1);
        connect(card, &ActionCard::clicked, this, wish);
    };
    add({u"newProject"_s, u"newproject"_s, tr("New project"),
            tr("An empty folder to import your tasks into")},
        &WelcomePage::newRequested);
    add({u"openProject"_s, u"folder"_s, tr("Open project"), tr("Go on where you or a colleague left off")},
        &WelcomePage::openRequested);
    add({u"tryDemo"_s, u"demo"_s, tr("Try the demo"),
            tr("Generated tasks through the whole loop, on this computer, in about two minutes")},
        &WelcomePage::demoRequested);
    return cards;
}

QWidget* WelcomePage::buildRecent()
{
    auto* box = new QWidget(this);
    box->setFixedWidth(kWidth);
    m_recentHeading->setProperty("heading", true);
    m_recent->setObjectName(u"recentProjects"_s);
    m_recent->setAccessibleName(tr("Recent projects"));
    m_recent->setContextMenuPolicy(Qt::CustomContextMenu);
    m_recent->setItemDelegate(new TwoLines(m_recent));
    m_recent->setMouseTracking(true);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->addWidget(m_recentHeading);
    layout->addWidget(m_recent, 100);
    layout->addStretch(1);
    connect(m_recent, &QListWidget::itemActivated, this,
        [this](const QListWidgetItem* item) { emit recentRequested(item->data(Qt::UserRole).toString()); });
    connect(m_recent, &QWidget::customContextMenuRequested, this, &WelcomePage::showListMenu);
    return box;
}

void WelcomePage::setRecent(const std::vector<RecentProject>& projects)
{
    m_recent->clear();
    m_recent->setVisible(!projects.empty());
    m_recent->setMaximumHeight(static_cast<int>(std::size(projects)) * kLine + 6);
    m_recentHeading->setVisible(!projects.empty());
    for (const RecentProject& project : projects) {
        const QString note = project.note.isEmpty() ? QString() : u"  ·  "_s + project.note;
        auto* item = new QListWidgetItem(
            QFileInfo(project.folder).fileName() + u"\n"_s + project.folder + note, m_recent);
        item->setToolTip(project.folder);
        item->setData(Qt::UserRole, project.folder);
    }
}

void WelcomePage::showListMenu(const QPoint& place)
{
    const QListWidgetItem* item = m_recent->itemAt(place);
    if (!item)
        return;
    const QString folder = item->data(Qt::UserRole).toString();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Open")), &QAction::triggered, this,
        [this, folder] { emit recentRequested(folder); });
    connect(menu->addAction(tr("Remove from this list")), &QAction::triggered, this,
        [this, folder] { emit forgetRequested(folder); });
    menu->popup(m_recent->mapToGlobal(place));
}

void WelcomePage::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_logo->setPixmap(theme::icon(u"taskfold"_s).pixmap(QSize(60, 60), devicePixelRatio()));
}

}  // namespace taskfold
