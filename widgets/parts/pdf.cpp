#include "widgets/parts/pdf.h"

#include "widgets/models/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>
#include <QUrl>

#include <filesystem>
#include <system_error>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kDpi = 144;

// One page of the document, and its number below.
void drawPage(QPainter& painter, QTextDocument& document, int page, const QSizeF& size)
{
    painter.save();
    painter.translate(0, -page * size.height());
    document.drawContents(&painter, QRectF(0, page * size.height(), size.width(), size.height()));
    painter.restore();
    painter.setPen(Qt::gray);
    painter.drawText(QRectF(0, size.height() + 6, size.width(), 24), Qt::AlignRight | Qt::AlignTop,
        QString::number(page + 1) + u" / "_s + QString::number(document.pageCount()));
}

}  // namespace

void fillDocument(QTextDocument& document, const QString& html, const Figures& figures, int width)
{
    for (const auto& [name, image] : figures) {
        QImage fitting = image;
        fitting.setDevicePixelRatio(std::max(1.0, static_cast<double>(image.width()) / width));
        document.addResource(QTextDocument::ImageResource, QUrl(u"figure:"_s + name), fitting);
    }
    document.setHtml(html);
}

Result<void> writePdf(const QString& file, const QString& html, const Figures& figures)
{
    const QString beside = file + u".part"_s;
    QDir().mkpath(QFileInfo(file).path());
    {
        QPdfWriter writer(beside);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(15, 15, 15, 18), QPageLayout::Millimeter);
        writer.setResolution(kDpi);
        writer.setCreator(u"Taskfold"_s);
        QPainter painter;
        if (!painter.begin(&writer))
            return Error{ErrorCode::Io, toStd(QCoreApplication::translate("taskfold::Pdf", "%1 can't be written").arg(file))};
        QTextDocument document;
        document.documentLayout();
        QFont font(u"DejaVu Sans"_s);
        font.setPixelSize(15);
        document.setDefaultFont(font);
        document.setDefaultStyleSheet(u"h1{font-size:30px} h2{font-size:21px} h3{font-size:18px} td{font-size:11px}"_s);
        const QSizeF size(writer.width(), writer.height() - 30);
        fillDocument(document, html, figures, static_cast<int>(size.width()));
        document.setPageSize(size);
        for (int page = 0; page < document.pageCount(); ++page) {
            if (page > 0)
                writer.newPage();
            drawPage(painter, document, page, size);
        }
        painter.end();
    }
    // Renamed over the old one in one step: interrupted before, the old one is still there.
    std::error_code failure;
    std::filesystem::rename(beside.toStdString(), file.toStdString(), failure);
    if (failure) {
        QFile::remove(beside);
        return Error{ErrorCode::Io, toStd(QCoreApplication::translate("taskfold::Pdf", "%1 can't be written").arg(file))};
    }
    return {};
}

}  // namespace taskfold
