# The only sources with QCustomPlot; they become part of taskfold::widgets (pages.cmake). One source a line.
set(TASKFOLD_PLOT_SOURCES
    plots/curves.cpp
    plots/comparisonplot.cpp
    plots/differenceplot.cpp
    plots/heatmap.cpp
    plots/histogram.cpp
    plots/labelbars.cpp
    plots/overlap.cpp
    plots/plot.cpp
    plots/reliabilityplot.cpp
    plots/rowbars.cpp
    plots/slopeplot.cpp
    plots/verdictlook.cpp
    plots/volumebars.cpp
)
