import type { Metadata } from 'next';
import { AddPage } from '@/components/add-deployment/add-page';

export const metadata: Metadata = { title: 'Add a deployment' };

export default async function Page({ searchParams }: { searchParams: Promise<{ by?: string | string[] }> }) {
  return <AddPage initial={(await searchParams).by === 'hand' ? 'hand' : 'discover'} />;
}
