import {
  BookText,
  Boxes,
  CircleGauge,
  Clapperboard,
  DoorOpen,
  ListTree,
  LogIn,
  Settings,
  Users,
  type LucideIcon,
} from 'lucide-react';

export interface Section {
  label: string;
  href: string;
  icon: LucideIcon;
  /** Second key after `g`. */
  key: string;
}

export const FLEET: Section = { label: 'Fleet', href: '/', icon: Boxes, key: 'f' };
export const SETTINGS: Section = { label: 'Settings', href: '/settings', icon: Settings, key: 's' };
export const API_REFERENCE: Section = { label: 'API reference', href: '/docs/api', icon: BookText, key: 'a' };
export const ADD_HREF = '/add';

/** What there is of one deployment. */
export function sectionsOf(slug: string): [overview: Section, rooms: Section, ...rest: Section[]] {
  const at = `/d/${slug}`;
  return [
    { label: 'Overview', href: at, icon: CircleGauge, key: 'd' },
    { label: 'Rooms', href: `${at}/rooms`, icon: Users, key: 'r' },
    { label: 'Egress', href: `${at}/egress`, icon: Clapperboard, key: 'e' },
    { label: 'Ingress', href: `${at}/ingress`, icon: LogIn, key: 'i' },
    { label: 'Events', href: `${at}/events`, icon: ListTree, key: 'v' },
    { label: 'Links and settings', href: `${at}/settings`, icon: DoorOpen, key: 'l' },
  ];
}

/** Slug of the deployment a path is about. */
export function slugOf(pathname: string): string | null {
  return /^\/d\/([^/]+)/.exec(pathname)?.[1] ?? null;
}

export function isCurrent(section: Section, pathname: string): boolean {
  if (pathname === section.href) return true;
  const overview = /^\/d\/[^/]+$/.test(section.href);
  if (overview) return pathname.startsWith(`${section.href}/nodes/`);
  return section.href !== '/' && pathname.startsWith(`${section.href}/`);
}
