'use client';

import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { CanvasProps } from './chart';
import { CHART_HEIGHT, SERIES_COLOURS } from './chart-look';

/** All charts of a page share one cursor. */
const SHARED_CURSOR = 'signalbox';

/** uPlot draws on a canvas: it is made anew when its shape or the theme changes, and fed when only the data does. */
export function ChartCanvas({ at, from, to, series, format, max, marks = [] }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef({ format, max, marks, from, to, at, series });
  const shape = series.map((s) => s.label).join('|');

  useEffect(() => {
    latest.current = { format, max, marks, from, to, at, series };
    plot.current?.setData([at.map((t) => t / 1000), ...series.map((s) => s.values)], true);
  }, [at, from, to, series, format, max, marks]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const make = () => {
      plot.current?.destroy();
      const now = latest.current;
      plot.current = new uPlot(
        optionsOf(element, shape.split('|'), latest),
        [now.at.map((t) => t / 1000), ...now.series.map((s) => s.values)],
        element,
      );
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: CHART_HEIGHT }));
    resized.observe(element);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', make);
    window.addEventListener('signalbox:theme', make);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', make);
      window.removeEventListener('signalbox:theme', make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);

  return <div ref={place} className="w-full" style={{ height: CHART_HEIGHT }} />;
}

type Latest = { current: Pick<CanvasProps, 'format' | 'max' | 'from' | 'to'> & { marks: NonNullable<CanvasProps['marks']> } };

function optionsOf(element: HTMLElement, labels: string[], latest: Latest): uPlot.Options {
  const colour = (name: string) => resolved(element, name);
  const line = colour('--color-line');
  const soft = colour('--color-soft');
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: CHART_HEIGHT,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: SHARED_CURSOR }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => [latest.current.from / 1000, latest.current.to / 1000] },
      y: { range: (_, __, top) => [0, latest.current.max ?? (top > 0 ? top * 1.1 : 1)] },
    },
    axes: [
      { ...axis, size: 24, space: 64, values: (_, splits) => splits.map((s, i) => tickWords(s, splits[i - 1])) },
      { ...axis, size: 58, space: 36, values: (_, splits) => splits.map((v) => latest.current.format(v)) },
    ],
    series: [
      {},
      ...labels.map((label, i) => ({
        label,
        stroke: colour(SERIES_COLOURS[i % 3] ?? SERIES_COLOURS[0]),
        width: 1.5,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: { draw: [(u) => drawMarks(u, latest.current.marks, soft)], setCursor: [(u) => showValues(u, latest.current.format)] },
  };
}

/** Canvas knows no custom properties: the browser resolves them, light-dark() included. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function tickWords(seconds: number, before: number | undefined): string {
  const time = new Date(seconds * 1000);
  const newDay = before === undefined || new Date(before * 1000).getDate() !== time.getDate();
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return newDay && clock === '00:00' ? time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' }) : clock;
}

function drawMarks(u: uPlot, marks: { at: number }[], colour: string) {
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.at / 1000, 'x', true));
    u.ctx.save();
    u.ctx.strokeStyle = colour;
    u.ctx.setLineDash([4, 3]);
    u.ctx.beginPath();
    u.ctx.moveTo(x, u.bbox.top);
    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
    u.ctx.restore();
  }
}

/** The values under the cursor, in a corner of the plot. */
function showValues(u: uPlot, format: (value: number) => string) {
  let box = u.over.querySelector<HTMLElement>('.chart-values');
  if (!box) {
    box = document.createElement('div');
    box.className = 'chart-values pointer-events-none absolute top-0 right-0 rounded-sm bg-panel px-1.5 figure text-xs';
    u.over.append(box);
  }
  const at = u.cursor.idx;
  const time = at === null || at === undefined ? undefined : u.data[0][at];
  if (at === null || at === undefined || time === undefined) {
    box.textContent = '';
    return;
  }
  const values = u.series.slice(1).map((s, i) => {
    const value = u.data[i + 1]?.[at];
    const words = value === null || value === undefined ? 'unknown' : format(value);
    return u.series.length > 2 ? `${String(s.label)} ${words}` : words;
  });
  box.textContent = `${new Date(time * 1000).toLocaleTimeString('en-GB')} · ${values.join(' · ')}`;
}
