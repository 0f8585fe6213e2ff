import { notFound } from 'next/navigation';
import { DesignPage } from './design-page';

export const dynamic = 'force-dynamic';

/** Every primitive and state. In development, and where SIGNALBOX_DESIGN=1 says so (browser tests). */
export default function Page() {
  if (process.env.NODE_ENV === 'production' && process.env.SIGNALBOX_DESIGN !== '1') notFound();
  return <DesignPage />;
}
