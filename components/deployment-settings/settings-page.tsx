'use client';

import { useQuery } from '@tanstack/react-query';
import { orpc } from '@/components/live/client';
import { explain } from '@/components/live/problem';
import { KeyTable } from '@/components/deployment-form/host-keys';
import { ButtonLink } from '@/components/ui/button';
import { Empty, Notice, Skeleton } from '@/components/ui/notice';
import { PageHeader, Section } from '@/components/ui/section';
import { MediaNodes } from './media-nodes';
import { RemoveDeployment } from './remove-deployment';
import { SettingsForm } from './settings-form';

export function DeploymentSettingsPage({ slug }: { slug: string }) {
  const { data, error } = useQuery(orpc.deployments.get.queryOptions({ input: { slug } }));
  if (error && !data) {
    const { title, advice } = explain(error);
    return (
      <Notice tone="down" role="alert" title={title}>
        {advice}
      </Notice>
    );
  }
  return (
    <>
      <PageHeader
        title="Settings"
        above={data?.name}
        actions={<ButtonLink href={`/d/${slug}/settings/check`}>Check the links</ButtonLink>}
      >
        How this deployment is reached. Secrets can be replaced, never read.
      </PageHeader>
      {!data ? (
        <div role="status" aria-label="Loading the settings" className="flex flex-col gap-4">
          {[0, 1, 2].map((i) => (
            <Skeleton key={i} className="h-40" />
          ))}
        </div>
      ) : (
        <>
          <SettingsForm key={data.id} detail={data} />
          <Section
            title="Confirmed host keys"
            lead="A node that shows another key is not spoken to until a person confirms the new one."
            className="border-line border-t py-5"
          >
            {data.hostKeys.length > 0 ? (
              <KeyTable keys={data.hostKeys} />
            ) : (
              <Empty
                title="No host key is confirmed yet."
                actions={<ButtonLink href={`/d/${slug}/settings/check`}>Check the links</ButtonLink>}
              >
                The check shows the key of each node to compare and confirm.
              </Empty>
            )}
          </Section>
          <MediaNodes slug={slug} />
          <RemoveDeployment slug={slug} name={data.name} />
        </>
      )}
    </>
  );
}
