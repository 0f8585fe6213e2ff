import Link from 'next/link';
import { PageHeader } from '@/components/ui/section';
import { Account } from './account';
import { Tokens } from './tokens';

export function SettingsPage() {
  return (
    <>
      <PageHeader title="Settings">Access to this Signalbox. How a deployment is reached stands in its own settings.</PageHeader>
      <Tokens />
      <Account />
      <p className="border-line text-soft mt-8 border-t pt-4">
        All that these pages do goes through the API:{' '}
        <Link href="/docs/api" className="text-accent underline underline-offset-2">
          API reference
        </Link>
        .
      </p>
    </>
  );
}
