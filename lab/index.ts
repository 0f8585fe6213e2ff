export { attachLab, type Connection, type Lab } from '@/lab/lab';
export { startLab } from '@/lab/start';
export type { LabHost } from '@/lab/host/host';
export type { LabOptions } from '@/lab/options';
export { scenarios, type ScenarioName } from '@/lab/scenarios';
