# The only sources with QCustomPlot; they become part of taskfold::widgets (pages.cmake). One source a line.
set(TASKFOLD_PLOT_SOURCES
    plots/plot.cpp
)
