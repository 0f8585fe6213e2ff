import type { Metadata } from 'next';
import { RoomPage } from '@/components/rooms/room-page';

interface Props {
  params: Promise<{ slug: string; sid: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Room · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  const { slug, sid } = await params;
  return <RoomPage slug={slug} sid={decodeURIComponent(sid)} />;
}
