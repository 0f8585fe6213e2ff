import type { Metadata } from 'next';
import { EventsPage } from '@/components/events/events-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Events · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <EventsPage slug={(await params).slug} />;
}
