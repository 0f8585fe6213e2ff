export { startPeople } from '@/lab/people/people';
export type { People } from '@/lab/people/options';
