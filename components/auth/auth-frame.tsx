import type { ReactNode } from 'react';

/** The pages before the sign-in: the name, one sentence, one form. */
export function AuthFrame({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[24rem] flex-col justify-center px-4 py-10">
      <p className="mb-6 flex items-center gap-2 font-semibold">
        <span aria-hidden className="text-accent">
          ◐
        </span>
        Signalbox
      </p>
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="text-soft mt-1 mb-5">{lead}</div>
      {children}
    </main>
  );
}
