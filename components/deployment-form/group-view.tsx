'use client';

import { useId, type ReactNode } from 'react';
import { Panel } from '@/components/ui/section';
import { FieldView } from './field-view';
import { type FieldGroup, isShown, type Values } from './fields';
import { MastersView } from './masters-view';
import type { Form } from './use-form';

interface GroupViewProps {
  group: FieldGroup;
  form: Form;
  /** By path: what is already stored or was found. */
  sealed?: Record<string, string>;
  children?: ReactNode;
}

/** Title and reason at the left, fields at the right; on a phone one below the other. */
export function GroupView({ group, form, sealed = {}, children }: GroupViewProps) {
  const heading = useId();
  const missing = group.without && !isGiven(group, form.values, sealed);
  const fields = (
    <div className="grid items-start gap-x-4 gap-y-3 p-4 sm:grid-cols-2">
      {group.id === 'masters' ? (
        <div className="sm:col-span-2">
          <MastersView group={group} form={form} />
        </div>
      ) : (
        group.fields
          .filter((f) => isShown(f, form.values))
          .map((f) => (
            <FieldView
              key={f.path}
              spec={f}
              form={form}
              sealed={sealed[f.path]}
              className={f.kind === 'key' || f.kind === 'lines' ? 'sm:col-span-2' : ''}
            />
          ))
      )}
      {children && <div className="sm:col-span-2">{children}</div>}
    </div>
  );
  return (
    <section
      aria-labelledby={heading}
      className="border-line grid items-start gap-x-8 gap-y-2 border-t py-5 lg:grid-cols-[15rem_minmax(0,1fr)]"
    >
      <div>
        <h2 id={heading} className="font-semibold">
          {group.title}
        </h2>
        <p className="text-soft mt-1 text-sm">{group.intro}</p>
        {missing && <p className="text-soft mt-2 text-sm">◌ {group.without}</p>}
      </div>
      <Panel>
        {group.folded ? (
          <details className="group">
            <summary className="px-4 py-2.5 font-medium">{summary(group, form.values)}</summary>
            {fields}
          </details>
        ) : (
          fields
        )}
      </Panel>
    </section>
  );
}

const isGiven = (group: FieldGroup, v: Values, sealed: Record<string, string>) =>
  (group.given ?? []).some(
    (path) => Boolean(sealed[path]) || (path === 'ssh.auth' ? v[path] !== 'none' : (v[path] ?? '') !== ''),
  );

/** A folded group says whether something in it differs from the defaults. */
function summary(group: FieldGroup, v: Values): string {
  const changed = group.fields.filter((f) => (f.kind === 'switch' ? v[f.path] !== 'on' : (v[f.path] ?? '') !== '')).length;
  return changed === 0 ? `${group.title}: ${group.untouched ?? 'the defaults'}` : `${group.title}: ${changed} of your own`;
}
