import type { Metadata } from 'next';
import { DeploymentSettingsPage } from '@/components/deployment-settings/settings-page';

interface Props {
  params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Settings · ${(await params).slug}` };
}

export default async function Page({ params }: Props) {
  return <DeploymentSettingsPage slug={(await params).slug} />;
}
