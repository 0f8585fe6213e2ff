import type { Metadata } from 'next';
import { IngressPage } from '@/components/ingress/ingress-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Ingress · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <IngressPage slug={(await params).slug} />;
}
