import type { Metadata } from 'next';
import { NodePage } from '@/components/node/node-page';

interface Props {
  params: Promise<{ slug: string; node: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, node } = await params;
  return { title: `${decodeURIComponent(node)} · ${slug}` };
}

export default async function Page({ params }: Props) {
  const { slug, node } = await params;
  return <NodePage slug={slug} node={decodeURIComponent(node)} />;
}
