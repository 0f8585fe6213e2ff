import { ButtonLink } from '@/components/ui/button';
import { Empty } from '@/components/ui/notice';
import { PageHeader } from '@/components/ui/section';

export default function NotFound() {
  return (
    <>
      <PageHeader title="There is no such page" />
      <Empty
        title="The address may be mistyped, or what it was about was removed."
        actions={
          <ButtonLink kind="primary" href="/">
            To the fleet
          </ButtonLink>
        }
      />
    </>
  );
}
