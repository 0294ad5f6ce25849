#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace taskfold {

/// A figure of the report for paper: the lines, bars, dots and words of an SVG of ours, in print's colours. Qt Svg would draw
/// the words as outlines: they couldn't be found or copied, and took most of the file.
class Drawing {
public:
    /// Of the report's own SVG (engine/report/block.h); what it doesn't use is left out.
    static Drawing of(const QByteArray& svg);

    bool isEmpty() const { return m_marks.empty(); }
    QSizeF size() const { return m_size; }
    void paint(QPainter& painter, const QRectF& place) const;

private:
    enum class Shape { Line, Bar, Dot, Words };
    struct Look {
        QColor stroke, fill;  // invalid: none
        double width = 1;
        bool dashed = false;
    };
    struct Mark {
        Shape shape = Shape::Line;
        QRectF place;  // of a line: from one end to the other; of words: where they are anchored
        Look look;
        Qt::AlignmentFlag anchor = Qt::AlignLeft;
        QString words{};
    };

    static Look lookOf(QStringView name, Shape shape);

    QSizeF m_size;
    std::vector<Mark> m_marks;
};

}  // namespace taskfold
