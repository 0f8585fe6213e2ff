import type { Metadata } from 'next';
import { DeploymentPage } from '@/components/deployment/deployment-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

export default async function Page({ params }: Props) {
  return <DeploymentPage slug={(await params).slug} />;
}
