import { exactTime } from '../ui/format';
import type { ChartSeries } from './series';

interface Props {
  title: string;
  at: number[];
  series: ChartSeries[];
  format: (value: number) => string;
}

/** What the chart shows, newest first. */
export function ChartTable({ title, at, series, format }: Props) {
  const order = at.map((_, i) => at.length - 1 - i);
  return (
    <div tabIndex={0} role="region" aria-label={`${title} as a table`} className="max-h-64 overflow-auto">
      <table className="w-full border-collapse">
        <thead className="bg-panel text-soft sticky top-0 text-left text-sm">
          <tr>
            <th scope="col" className="py-1 pr-4 font-medium">
              Time
            </th>
            {series.map((s) => (
              <th key={s.label} scope="col" className="py-1 pl-4 text-right font-medium">
                {s.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {order.map((i) => {
            const time = new Date(at[i] ?? 0);
            return (
              <tr key={i} className="border-line border-t">
                <td className="py-0.5 pr-4 whitespace-nowrap" data-tip={exactTime(time)}>
                  {time.toLocaleString('en-GB', {
                    day: '2-digit',
                    month: 'short',
                    hour: '2-digit',
                    minute: '2-digit',
                    second: '2-digit',
                  })}
                </td>
                {series.map((s) => {
                  const value = s.values[i] ?? null;
                  return (
                    <td key={s.label} className="figure py-0.5 pl-4 text-right">
                      {value === null ? 'unknown' : format(value)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
