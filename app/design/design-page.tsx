'use client';

import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useState } from 'react';
import { Chart } from '@/components/charts/chart';
import { Sparkline } from '@/components/charts/sparkline';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { CopyText } from '@/components/ui/copy';
import { Checkbox, Field, Input, Radios, Select, Textarea } from '@/components/ui/field';
import { percent } from '@/components/ui/format';
import { HEALTH_MARKS, MISSING, SEVERITY_MARKS, STAGE_MARKS, UNDECLARED } from '@/components/ui/marks';
import { Menu } from '@/components/ui/menu';
import { Empty, Notice, TableSkeleton } from '@/components/ui/notice';
import { Popover } from '@/components/ui/popover';
import { Facts, PageHeader, Section } from '@/components/ui/section';
import { StateMark } from '@/components/ui/state-mark';
import { DataTable } from '@/components/ui/table/data-table';
import type { Column } from '@/components/ui/table/columns';
import { Tabs } from '@/components/ui/tabs';
import { TipLayer } from '@/components/ui/tip';
import { toast, Toaster } from '@/components/ui/toast';

/** Fixed, so that a picture of this page is the same tomorrow. */
const START = Date.parse('2026-11-21T02:00:00Z');
const at = Array.from({ length: 60 }, (_, i) => START + i * 60_000);
const wave = at.map((_, i) => (i > 20 && i < 26 ? null : 0.4 + 0.25 * Math.sin(i / 7)));

export function DesignPage() {
  return (
    <NuqsAdapter>
      <main className="mx-auto max-w-[1360px] px-4 py-6">
        <PageHeader title="Design" above="Primitives and states">
          <p>Simulated figures: nothing on this page is of a deployment.</p>
        </PageHeader>
        <Marks />
        <Buttons />
        <Overlays />
        <Fields />
        <Notices />
        <Section title="Table of 10,000 rows">
          <Rows />
        </Section>
        <Section title="Charts">
          <div className="mb-3">
            <Sparkline values={wave} max={1} label="CPU, 15 min" format={percent} />
          </div>
          <div className="grid gap-3 lg:grid-cols-2">
            <Chart
              title="CPU"
              at={at}
              stepMs={60_000}
              from={START}
              to={START + 3_600_000}
              series={[{ label: 'CPU', values: wave }]}
              format={percent}
              max={1}
              marks={[{ at: START + 2_400_000, label: 'drain of media-2' }]}
            />
            <Chart
              title="Nothing known"
              at={[]}
              stepMs={60_000}
              from={START}
              to={START + 3_600_000}
              series={[{ label: 'CPU', values: [] }]}
              format={percent}
            />
          </div>
        </Section>
        <TipLayer />
        <Toaster />
      </main>
    </NuqsAdapter>
  );
}

function Marks() {
  const all = { ...HEALTH_MARKS, ...STAGE_MARKS, undeclared: UNDECLARED, missing: MISSING, ...SEVERITY_MARKS };
  return (
    <Section title="State marks" lead="Shape, word and colour; below, the same when stale.">
      {[false, true].map((stale) => (
        <div key={String(stale)} data-stale={stale} className="flex flex-wrap gap-4 py-1">
          {Object.entries(all).map(([name, mark]) => (
            <StateMark key={name} mark={mark} />
          ))}
        </div>
      ))}
    </Section>
  );
}

function Buttons() {
  return (
    <Section title="Buttons">
      <div className="flex flex-wrap gap-2">
        <Button kind="primary">Drain media-2: 14 rooms, 203 people</Button>
        <Button>Check again</Button>
        <Button kind="quiet">CSV</Button>
        <Button kind="danger">Forget media-4</Button>
        <Button guard="master-3 is unhealthy: no other master may be touched.">Restart master-1</Button>
        <Button busy>Saving</Button>
        <Button onClick={() => toast('media-3 is declared.')}>Toast</Button>
        <CopyText text="10.20.0.21" />
      </div>
    </Section>
  );
}

function Overlays() {
  const [open, setOpen] = useState(false);
  const [tab, setTab] = useState('one');
  return (
    <Section title="Overlays and tabs">
      <div className="flex flex-wrap gap-2">
        <Menu
          label="Menu"
          items={[
            { label: 'Rooms', href: '/design' },
            'separator',
            { label: 'Restart', onSelect: () => undefined, guard: 'It is draining.' },
          ]}
        />
        <Popover label="About quorum" title="Quorum" trigger="Popover">
          <p className="text-soft">MinIO writes while 3 of 4 masters have it.</p>
        </Popover>
        <Button onClick={() => setOpen(true)}>Dialog</Button>
      </div>
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Forget media-4"
        act="Forget media-4"
        typed="media-4"
        onConfirm={() => setOpen(false)}
      >
        <p>Nothing is done on the node itself.</p>
      </ConfirmDialog>
      <div className="mt-3">
        <Tabs
          label="Example"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: 'one', label: 'Discover', content: 'The first panel.' },
            { value: 'two', label: 'By hand', content: 'The second panel.' },
          ]}
        />
      </div>
    </Section>
  );
}

function Fields() {
  const [kind, setKind] = useState<'key' | 'password'>('key');
  return (
    <Section title="Fields">
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <Field label="Address" hint="IP address or host name.">
          {(a) => <Input {...a} defaultValue="10.20.0.11" />}
        </Field>
        <Field label="Address" error="10.20.0.11 is given twice; the 4 masters are different machines.">
          {(a) => <Input {...a} defaultValue="10.20.0.11" />}
        </Field>
        <Field label="Platform" optional>
          {(a) => (
            <Select {...a}>
              <option>On-premises</option>
            </Select>
          )}
        </Field>
        <Field label="SSH key">{(a) => <Textarea {...a} placeholder="-----BEGIN OPENSSH PRIVATE KEY-----" />}</Field>
        <Checkbox label="Verify certificates" hint="Turn off only for certificates of your own." defaultChecked />
        <Radios
          legend="Sign in by"
          name="auth"
          value={kind}
          onChange={setKind}
          options={[
            { value: 'key', label: 'Key' },
            { value: 'password', label: 'Password', hint: 'For root, or one with passwordless sudo.' },
          ]}
        />
      </div>
    </Section>
  );
}

function Notices() {
  return (
    <Section title="Notices, empty, loading">
      <div className="grid gap-3 lg:grid-cols-2">
        <Notice title="A note.">What it means, and what to do.</Notice>
        <Notice tone="work" title="Work is under way.">
          Every link is being tested.
        </Notice>
        <Notice tone="amber" title="Signalbox does not answer.">
          This page tries again by itself.
        </Notice>
        <Notice tone="down" title="It was not saved.">
          Someone changed it meanwhile.
        </Notice>
        <Empty title="No rooms now.">The last ended 12 min ago.</Empty>
        <TableSkeleton label="rows" rows={2} />
        <Facts
          items={[
            { term: 'CPU', value: '42 % of 8 cores' },
            { term: 'Memory', value: 'unknown' },
          ]}
        />
      </div>
    </Section>
  );
}

interface Row {
  name: string;
  rooms: number;
  cpu: number | null;
}
const ROWS: Row[] = Array.from({ length: 10_000 }, (_, i) => ({
  name: `media-${i + 1}`,
  rooms: (i * 7919) % 97,
  cpu: i % 11 ? (i * 31) % 100 : null,
}));
const COLUMNS: Column<Row>[] = [
  { id: 'name', header: 'Node', value: (r) => r.name, min: 9, grow: 1, line: 1 },
  { id: 'rooms', header: 'Rooms', value: (r) => r.rooms, min: 5, right: true },
  { id: 'cpu', header: 'CPU', unit: '%', value: (r) => r.cpu, min: 5, right: true, optional: 'shown' },
];

function Rows() {
  return (
    <DataTable
      label="rows"
      csvName="rows"
      rows={ROWS}
      columns={COLUMNS}
      rowKey={(r) => r.name}
      filterText={(r) => r.name}
      href={(r) => `/design#${r.name}`}
    />
  );
}
