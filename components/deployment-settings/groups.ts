import { GROUPS, type FieldGroup } from '@/components/deployment-form/fields';

/** The same fields as when it was added, less what cannot change (platform, name in addresses) and the media nodes, which are rows. */
export const SETTINGS_GROUPS: FieldGroup[] = GROUPS.filter((g) => g.id !== 'media').map((g) =>
  g.id === 'what'
    ? {
        ...g,
        title: 'Name',
        intro: 'As people call it. Its name in addresses stays.',
        fields: g.fields.filter((f) => f.path === 'name'),
      }
    : g,
);
