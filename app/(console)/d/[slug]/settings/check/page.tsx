import type { Metadata } from 'next';
import { CheckPage } from '@/components/deployment-settings/check-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Check the links · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <CheckPage slug={(await params).slug} />;
}
