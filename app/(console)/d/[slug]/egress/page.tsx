import type { Metadata } from 'next';
import { EgressPage } from '@/components/egress/egress-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Egress · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <EgressPage slug={(await params).slug} />;
}
