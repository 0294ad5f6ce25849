#include "widgets/parts/pdf.h"

#include "widgets/models/text.h"
#include "widgets/parts/figureobject.h"

#include <QAbstractTextDocumentLayout>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHashSeed>
#include <QPainter>
#include <QPdfWriter>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextLayout>
#include <QTextTable>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kDpi = 144;
constexpr int kFooter = 36;

Error unwritable(const QString& file)
{
    return {ErrorCode::Io, toStd(QCoreApplication::translate("taskfold::Pdf", "%1 can't be written").arg(file))};
}

int pageOf(QTextDocument& document, const QTextBlock& block)
{
    return static_cast<int>(document.documentLayout()->blockBoundingRect(block).top() / document.pageSize().height());
}

// Of its first line: a figure that has no room goes over, and its paragraph's top stays behind.
int pageOfLine(QTextDocument& document, const QTextBlock& block)
{
    const QTextLayout* layout = block.layout();
    if (!layout || layout->lineCount() == 0)
        return pageOf(document, block);
    const QTextLine line = layout->lineAt(0);
    const double foot = document.documentLayout()->blockBoundingRect(block).top() + line.y() + line.height() - 1;
    return static_cast<int>(foot / document.pageSize().height());
}

std::vector<QTextBlock> headingsOf(const QTextDocument& document)
{
    std::vector<QTextBlock> found;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next())
        if (block.blockFormat().headingLevel() == 2)
            found.push_back(block);
    return found;
}

// A heading at the foot of a page goes over to what it heads.
void keepHeadings(QTextDocument& document)
{
    std::vector<QTextBlock> lonely;
    for (const QTextBlock& heading : headingsOf(document)) {
        const QTextBlock next = heading.next();
        if (next.isValid() && pageOfLine(document, next) != pageOf(document, heading))
            lonely.push_back(heading);
    }
    if (lonely.empty())
        return;
    QTextCursor all(&document);
    all.beginEditBlock();  // laid out once more, not once a heading
    for (const QTextBlock& heading : lonely) {
        QTextBlockFormat format = heading.blockFormat();
        format.setPageBreakPolicy(QTextFormat::PageBreak_AlwaysBefore);
        QTextCursor(heading).setBlockFormat(format);
    }
    all.endEditBlock();
}

double footOf(QTextDocument& document, QTextTable& table)
{
    double foot = 0;
    for (int column = 0; column < table.columns(); ++column)
        foot = std::max(foot, document.documentLayout()->blockBoundingRect(table.cellAt(table.rows() - 1, column).lastCursorPosition().block()).bottom());
    return foot;
}

// A table whose last border alone goes over to a page has its head drawn there, over what follows: moved down, a row goes with it.
void keepTables(QTextDocument& document)
{
    constexpr int kTries = 4;
    constexpr double kStep = 14;
    const double height = document.pageSize().height();
    for (int turn = 0; turn < kTries; ++turn) {
        bool moved = false;
        for (QTextFrame* frame : document.rootFrame()->childFrames()) {
            auto* table = qobject_cast<QTextTable*>(frame);
            if (!table || table->rows() == 0)
                continue;
            const double end = document.documentLayout()->frameBoundingRect(table).bottom();
            if (std::floor(end / height) <= std::floor(footOf(document, *table) / height))
                continue;
            QTextTableFormat format = table->format();
            format.setTopMargin(format.topMargin() + kStep);
            table->setFormat(format);
            moved = true;
        }
        if (!moved)
            return;
    }
}

QTextTable* firstTable(const QTextDocument& document)
{
    for (QTextFrame* frame : document.rootFrame()->childFrames())
        if (auto* table = qobject_cast<QTextTable*>(frame))
            return table;
    return nullptr;
}

// Drawn into the last column of the contents: put in as text, they would have everything laid out again.
void drawContentsNumbers(QPainter& painter, QTextDocument& document)
{
    QTextTable* contents = firstTable(document);
    const std::vector<QTextBlock> headings = headingsOf(document);
    if (!contents || contents->rows() != static_cast<int>(headings.size()))
        return;
    painter.setFont(document.defaultFont());
    painter.setPen(Qt::black);
    for (int row = 0; row < contents->rows(); ++row) {
        const QTextBlock line = contents->cellAt(row, 0).firstCursorPosition().block();
        const QRectF place = document.documentLayout()->blockBoundingRect(line);
        const QRectF whole(0, place.top(), document.pageSize().width() - 6, place.height());
        if (place.top() < document.pageSize().height())
            painter.drawText(whole, Qt::AlignRight | Qt::AlignTop, QString::number(pageOf(document, headings[static_cast<std::size_t>(row)]) + 1));
    }
}

// One page of the document; title and number below.
void drawPage(QPainter& painter, QTextDocument& document, int page, const QString& title)
{
    const QSizeF size = document.pageSize();
    painter.save();
    painter.translate(0, -page * size.height());
    document.drawContents(&painter, QRectF(0, page * size.height(), size.width(), size.height()));
    painter.restore();
    if (page == 0)
        drawContentsNumbers(painter, document);
    QFont small = document.defaultFont();
    small.setPixelSize(12);
    painter.setFont(small);
    painter.setPen(QColor(0x5b, 0x66, 0x75));
    const QRectF below(0, size.height() + 10, size.width(), kFooter - 10);
    const QString number = QString::number(page + 1) + u" / "_s + QString::number(document.pageCount());
    painter.drawText(below, Qt::AlignRight | Qt::AlignTop, number);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignTop, painter.fontMetrics().elidedText(title.simplified(), Qt::ElideRight, static_cast<int>(size.width()) - 120));
}

// Qt writes the time of writing; the document's own stands in its place, in as many bytes.
bool setCreated(const QString& file, const QString& created)
{
    const QDateTime moment = QDateTime::fromString(created, Qt::ISODate);
    QFile pdf(file);
    if (!moment.isValid() || !pdf.open(QIODevice::ReadWrite))
        return !moment.isValid();
    QByteArray bytes = pdf.readAll();
    const QByteArray key = "/CreationDate (D:";
    const qsizetype at = bytes.indexOf(key) + key.size();
    const qsizetype end = bytes.indexOf(')', at);
    if (at < key.size() || end < at + 14)
        return true;
    const QByteArray digits = moment.toUTC().toString(u"yyyyMMddHHmmss"_s).toLatin1();
    const QByteArray zone = end - at == 14 + 7 ? QByteArray("+00'00'") : end - at == 15 ? QByteArray("Z") : bytes.mid(at + 14, end - at - 14);
    bytes.replace(at, end - at, digits + zone);
    return pdf.seek(0) && pdf.write(bytes) == bytes.size();
}

// Qt writes fonts in the order of a hash, which is another one in each process.
struct SteadyOrder {
    SteadyOrder() { QHashSeed::setDeterministicGlobalSeed(); }
    ~SteadyOrder() { QHashSeed::resetRandomGlobalSeed(); }
    Q_DISABLE_COPY_MOVE(SteadyOrder)
};

void layOut(QTextDocument& document, const QString& html, const Figures& figures, const QSizeF& page)
{
    QFont font(u"DejaVu Sans"_s);
    font.setPixelSize(18);  // 9 pt
    document.setDefaultFont(font);
    document.setDefaultStyleSheet(u"h1{font-size:36px} h2{font-size:26px;margin-top:26px} h3{font-size:21px;margin-top:24px} td{font-size:13px}"
                                  " td.contents{font-size:18px} p.caption{font-size:13px;color:#5b6675;margin-bottom:18px} p.about{color:#5b6675}"_s);
    QTextOption option = document.defaultTextOption();
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);  // a name of one long word breaks, too
    document.setDefaultTextOption(option);
    document.setDocumentMargin(0);
    document.setPageSize(page);
    fillDocument(document, html, figures);
    keepHeadings(document);
    keepTables(document);
}

}  // namespace

void fillDocument(QTextDocument& document, const QString& html, const Figures& figures)
{
    delete document.findChild<FigureObject*>();
    new FigureObject(figures, document);
    document.setHtml(html);
}

Result<void> writePdf(const QString& file, const QString& html, const Figures& figures, const PdfNotes& notes)
{
    const SteadyOrder steady;
    const QString beside = file + u".part"_s;
    QDir().mkpath(QFileInfo(file).path());
    {
        QPdfWriter writer(beside);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(15, 15, 15, 12), QPageLayout::Millimeter);
        writer.setResolution(kDpi);
        writer.setCreator(u"Taskfold"_s);
        writer.setTitle(notes.title);
        QPainter painter;
        if (!painter.begin(&writer))
            return unwritable(file);
        QTextDocument document;
        layOut(document, html, figures, QSizeF(writer.width(), writer.height() - kFooter));
        for (int page = 0; page < document.pageCount(); ++page) {
            if (page > 0)
                writer.newPage();
            drawPage(painter, document, page, notes.title);
        }
        painter.end();
    }
    // Renamed over the old one in one step: interrupted before, the old one is still there.
    std::error_code failure;
    if (setCreated(beside, notes.created))
        std::filesystem::rename(beside.toStdString(), file.toStdString(), failure);
    else
        failure = std::make_error_code(std::errc::io_error);
    if (failure) {
        QFile::remove(beside);
        return unwritable(file);
    }
    return {};
}

}  // namespace taskfold
