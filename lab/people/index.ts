export { startPeople } from '@/lab/people/people';
export type { Client, Control, Counters, People, PeopleOptions } from '@/lab/people/options';
