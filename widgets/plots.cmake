# The only sources with QCustomPlot; they become part of taskfold::widgets (pages.cmake). One source a line.
set(TASKFOLD_PLOT_SOURCES
    plots/curves.cpp
    plots/comparisonplot.cpp
    plots/heatmap.cpp
    plots/histogram.cpp
    plots/labelbars.cpp
    plots/overlap.cpp
    plots/plot.cpp
    plots/rowbars.cpp
    plots/volumebars.cpp
)
