import type { Metadata } from 'next';
import { RoomsPage } from '@/components/rooms/rooms-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Rooms · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <RoomsPage slug={(await params).slug} />;
}
