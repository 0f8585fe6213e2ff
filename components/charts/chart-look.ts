export const CHART_HEIGHT = 150;
export const SERIES_COLOURS = ['--color-series-1', '--color-series-2', '--color-series-3'] as const;
