#pragma once

#include <QStringList>
#include <QWidget>

namespace taskfold {

/// A picture of what a plan trains: stage 0, 2 and 3 one after another, the baselines beside them.
class Pipeline : public QWidget {
    Q_OBJECT

public:
    struct Box {
        QString title;
        QString note;
        bool active = false;
    };

    explicit Pipeline(QWidget* parent = nullptr);

    void setBoxes(const std::vector<Box>& stages, const Box& baselines);
    QSize sizeHint() const override { return {420, 116}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintBox(QPainter& painter, const QRectF& place, const Box& box) const;

    std::vector<Box> m_stages;
    Box m_baselines;
};

}  // namespace taskfold
